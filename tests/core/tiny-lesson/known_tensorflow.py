# %% one_hot | wrong | transposed
def one_hot(labels, num_classes):
    return tf.transpose(tf.one_hot(labels, num_classes))


# %% one_hot | right | TensorFlow's own function
def one_hot(labels, num_classes):
    return tf.one_hot(labels, num_classes)
