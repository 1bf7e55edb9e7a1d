"""Figures of the lessons: one style, colours that colour-blind readers can tell apart, alternative text for every figure."""

from __future__ import annotations

import base64
import io
import sys
from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe and Ito (2008): eight colours, the last black; told apart with every common kind of colour blindness.
PALETTE = ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#F0E442", "#000000")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
DPI = 144


def style() -> None:
    """Set matplotlib's defaults for all figures of a notebook: white ground, so that they read in a dark theme too."""
    import matplotlib as mpl

    mpl.rcParams.update(
        {
            "axes.prop_cycle": mpl.cycler(color=PALETTE),
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.grid": True,
            "grid.alpha": 0.25,
            "axes.titleweight": "bold",
            "figure.facecolor": "white",
            "savefig.facecolor": "white",
            "figure.figsize": (6.4, 3.8),
            "figure.constrained_layout.use": True,
            "font.size": 10,
        }
    )


def show(figure: Figure, alt: str, *, handle: Any = None) -> Any:
    """Display a figure with alternative text, crisp on dense screens, and close it.

    Pass the returned handle again to replace the picture in place while something is learning.
    """
    import matplotlib.pyplot as plt

    if not alt.strip():
        raise ValueError("every figure needs alternative text")
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=DPI)
    width = round(figure.get_size_inches()[0] * 96)
    plt.close(figure)
    ipython = sys.modules.get("IPython")
    if ipython is None or ipython.get_ipython() is None:
        print(f"[figure] {alt}")
        return None
    from IPython.display import HTML, DisplayHandle

    class Handle(DisplayHandle):
        def _ipython_display_(self) -> None:
            """Nothing: a cell that ends in `plots.show(...)` shows its figure, not the handle as well."""

    picture = base64.b64encode(buffer.getvalue()).decode("ascii")
    html = HTML(f'<img alt="{escape(alt)}" width="{width}" src="data:image/png;base64,{picture}">')
    if handle is not None:
        handle.update(html)
        return handle
    handle = Handle()
    handle.display(html)
    return handle


def points(ax: Axes, x: np.ndarray, y: np.ndarray) -> None:
    """Draw two-dimensional examples x (n, 2) with a colour and a marker for each class of y (n,)."""
    for label in np.unique(y):
        chosen = np.asarray(y) == label
        k = int(label) % len(PALETTE)
        ax.scatter(
            *np.asarray(x)[chosen].T,
            s=18,
            c=PALETTE[k],
            marker=MARKERS[k],
            edgecolors="white",
            linewidths=0.4,
            label=f"class {k}",
        )


def decision_boundary(
    ax: Axes, predict: Callable[[np.ndarray], np.ndarray], x: np.ndarray, y: np.ndarray, steps: int = 160
) -> None:
    """Colour the plane by the class that `predict` (n, 2) -> (n,) gives, with the examples on top."""
    from matplotlib.colors import ListedColormap

    low, high = np.min(x, axis=0) - 0.4, np.max(x, axis=0) + 0.4
    across, up = np.meshgrid(np.linspace(low[0], high[0], steps), np.linspace(low[1], high[1], steps))
    grid = np.column_stack([across.ravel(), up.ravel()]).astype(np.float32)
    labels = np.asarray(predict(grid)).reshape(across.shape)
    classes = int(max(labels.max(), np.max(y))) + 1
    colours = ListedColormap(PALETTE[:classes])
    ax.pcolormesh(across, up, labels, cmap=colours, alpha=0.22, vmin=-0.5, vmax=classes - 0.5, shading="auto", rasterized=True)
    points(ax, x, y)
    ax.grid(False)
    ax.set_xlabel("$x_1$")
    ax.set_ylabel("$x_2$")


def curves(ax: Axes, series: dict[str, Any], xlabel: str, ylabel: str) -> None:
    """Draw named series against their index from 1, each with its own dash, labelled at the axes."""
    dashes = ("-", "--", "-.", ":")
    for i, (name, values) in enumerate(series.items()):
        values = np.asarray(values, dtype=float)
        ax.plot(np.arange(1, len(values) + 1), values, dashes[i % 4], color=PALETTE[i % len(PALETTE)], label=name)
    ax.set_xlabel(xlabel)
    ax.set_ylabel(ylabel)
    ax.legend(frameon=False)
