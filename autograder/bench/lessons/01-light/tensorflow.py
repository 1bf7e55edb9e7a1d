"""The TensorFlow track of the light notebook."""

# %% imports
import tensorflow as tf


# %% one_hot
def one_hot(labels, num_classes):
    """Rows (n, num_classes) of labels (n,)."""
    ### BEGIN SOLUTION
    return tf.one_hot(labels, num_classes)
    ### END SOLUTION


# %% demonstration
print(one_hot(tf.constant([0, 2]), 3))


# %% softmax
def softmax(logits):
    """Probabilities (batch, classes)."""
    ### BEGIN SOLUTION
    return tf.nn.softmax(logits, axis=1)
    ### END SOLUTION


# %% scale
def scale(x, factor):
    """x times factor."""
    ### BEGIN SOLUTION
    return x * factor
    ### END SOLUTION
