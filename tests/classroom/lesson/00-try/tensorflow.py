"""The TensorFlow track of a trial lesson."""

# %% imports
import tensorflow as tf


# %% one_hot
def one_hot(labels, num_classes):
    """Rows (n, num_classes) of labels (n,)."""
    ### BEGIN SOLUTION
    return tf.gather(tf.eye(num_classes), labels)
    ### END SOLUTION


# %% demonstration
print(one_hot(tf.constant([0, 2]), 3))


# %% scale
def scale(x, factor):
    """x times factor."""
    ### BEGIN SOLUTION
    return x * factor
    ### END SOLUTION


# %% anything
def anything():
    """Whatever you like."""
    ### BEGIN SOLUTION
    return 1
    ### END SOLUTION
