"""Data of the lessons, as NumPy arrays that both frameworks take: float32 features, int64 labels.

Everything works without the internet. What is larger is downloaded once, checked and kept, and falls back to what is here.
"""

from course.data.downloads import Unavailable
from course.data.made import Examples, blobs, corners, curve, diabetes, digits, iris, moons, split
from course.data.mnist_files import mnist

__all__ = ["Examples", "Unavailable", "blobs", "corners", "curve", "diabetes", "digits", "iris", "mnist", "moons", "split"]
