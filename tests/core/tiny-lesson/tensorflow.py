"""The TensorFlow track of a tiny lesson."""

# %% imports
import tensorflow as tf


# %% one_hot
def one_hot(labels, num_classes):
    """Rows (n, num_classes) of labels (n,)."""
    ### BEGIN SOLUTION
    return tf.gather(tf.eye(num_classes), labels)
    ### END SOLUTION
