"""$title, TensorFlow track."""

# %% imports
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

from course import plots

# %% offset
rng = np.random.default_rng(0)
x = tf.constant(rng.normal([0.5, 1000.0], [0.2, 50.0], (200, 2)).astype(np.float32))  # (batch, features)
print("means: ", tf.reduce_mean(x, axis=0).numpy().tolist())


# %% centre
def centre(x):
    """The table x (batch, features), each column minus its own mean."""
    ### BEGIN SOLUTION
    return x - tf.reduce_mean(x, axis=0)
    ### END SOLUTION


# %% picture
for table, title in ((x, "As measured"), (centre(x), "Centred")):
    first, second = tf.reduce_mean(table, axis=0).numpy()
    fig, ax = plt.subplots(figsize=(4.6, 3.4))
    ax.plot(table[:, 0], table[:, 1], "o", color=plots.PALETTE[0])
    ax.set(title=title, xlabel="first column", ylabel="second column")
    plots.show(fig, f"A cloud of 200 points around {first:.1f} and {second:.0f}.")

# %% results
results = {"mean before": float(tf.reduce_mean(x)), "mean after": float(tf.reduce_mean(centre(x)))}
for name, value in results.items():
    print(f"{name:12} {value:10.4f}")

# %% scale
### BEGIN SOLUTION
scaled = centre(x) / tf.math.reduce_std(x, axis=0)
print("standard deviations:", tf.math.reduce_std(scaled, axis=0).numpy().tolist())
### END SOLUTION
