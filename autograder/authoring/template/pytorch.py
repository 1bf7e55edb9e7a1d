"""$title, PyTorch track."""

# %% imports
import matplotlib.pyplot as plt
import numpy as np
import torch

from course import plots

torch.set_num_threads(1)  # for tables as small as ours one thread is fastest

# %% offset
rng = np.random.default_rng(0)
x = torch.from_numpy(rng.normal([0.5, 1000.0], [0.2, 50.0], (200, 2)).astype(np.float32))  # (batch, features)
print("means: ", x.mean(dim=0).tolist())


# %% centre
def centre(x):
    """The table x (batch, features), each column minus its own mean."""
    ### BEGIN SOLUTION
    return x - x.mean(dim=0)
    ### END SOLUTION


# %% picture
for table, title in ((x, "As measured"), (centre(x), "Centred")):
    fig, ax = plt.subplots(figsize=(4.6, 3.4))
    ax.plot(table[:, 0], table[:, 1], "o", color=plots.PALETTE[0])
    ax.set(title=title, xlabel="first column", ylabel="second column")
    plots.show(fig, f"A cloud of 200 points around {table[:, 0].mean():.1f} and {table[:, 1].mean():.0f}.")

# %% results
results = {"mean before": float(x.mean()), "mean after": float(centre(x).mean())}
for name, value in results.items():
    print(f"{name:12} {value:10.4f}")

# %% scale
### BEGIN SOLUTION
scaled = centre(x) / x.std(dim=0, correction=0)
print("standard deviations:", scaled.std(dim=0, correction=0).tolist())
### END SOLUTION
