"""The TensorFlow track of the training notebook."""

# %% imports
import keras
import tensorflow as tf
from sklearn.datasets import load_digits

EPOCHS = 18


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


# %% training
digits = load_digits()
x, y = (digits.data / 16).astype("float32"), digits.target
model = keras.Sequential([keras.layers.Dense(128, activation="relu"), keras.layers.Dense(10)])
model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True), jit_compile=False)
model.fit(x, y, batch_size=32, epochs=EPOCHS, verbose=0)
print(f"{(model.predict(x, verbose=0).argmax(1) == y).mean():.3f}")


# %% scale
def scale(x, factor):
    """x times factor."""
    ### BEGIN SOLUTION
    return x * factor
    ### END SOLUTION
