# %% centre | wrong | mean of each row
def centre(x):
    return x - x.mean(dim=1, keepdim=True)


# %% centre | wrong | one mean for the whole table
def centre(x):
    return x - x.mean()


# %% centre | wrong | input changed in place
def centre(x):
    x -= x.mean(0)
    return x


# %% centre | right | column by column
def centre(x):
    return torch.stack([column - column.mean() for column in x.T], dim=1)
