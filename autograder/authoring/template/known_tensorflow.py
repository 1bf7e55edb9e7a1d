# %% centre | wrong | mean of each row
def centre(x):
    return x - tf.reduce_mean(x, axis=1, keepdims=True)


# %% centre | wrong | one mean for the whole table
def centre(x):
    return x - tf.reduce_mean(x)


# %% centre | right | column by column
def centre(x):
    return tf.stack([column - tf.reduce_mean(column) for column in tf.unstack(x, axis=1)], axis=1)
