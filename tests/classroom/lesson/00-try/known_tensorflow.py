# %% one_hot | wrong | transposed
def one_hot(labels, num_classes):
    return tf.transpose(tf.one_hot(labels, num_classes))


# %% one_hot | wrong | class count guessed
def one_hot(labels, num_classes):
    return tf.one_hot(labels, int(tf.reduce_max(labels)) + 1)


# %% one_hot | right | TensorFlow's own function
def one_hot(labels, num_classes):
    return tf.one_hot(labels, num_classes)


# %% scale | wrong | adds
def scale(x, factor):
    return x + factor


# %% scale | right | the function instead of the operator
def scale(x, factor):
    return tf.multiply(x, factor)
