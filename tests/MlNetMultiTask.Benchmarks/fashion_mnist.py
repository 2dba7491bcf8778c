"""The network of the article in plain PyTorch, as a peer of FashionMnist.cs. Needs numpy and torch; one thread.

fashion_mnist.py FOLDER EPOCHS SEED    prints: accuracy on 10 classes, accuracy on 5 groups, seconds per epoch
"""
import gzip
import pathlib
import sys
import time

import numpy
import torch
from torch import nn

BATCH = 128
GROUP_OF_CLASS = torch.tensor([0, 1, 0, 2, 0, 3, 0, 3, 4, 3])


def read(folder, part):
    def values(name, header):
        data = gzip.decompress((folder / f"{part}-{name}-ubyte.gz").read_bytes())
        return numpy.frombuffer(data, numpy.uint8, offset=header)

    pixels = values("images-idx3", 16).reshape(-1, 784).astype(numpy.float32) / 255
    classes = torch.from_numpy(values("labels-idx1", 8).astype(numpy.int64))
    return torch.from_numpy(pixels), [classes, GROUP_OF_CLASS[classes]]


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.shared = nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU())
        self.heads = nn.ModuleList(nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, count)) for count in (10, 5))

    def forward(self, pixels):
        shared = self.shared(pixels)
        return [head(shared) for head in self.heads]


def main(folder, epochs, seed):
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    pixels, labels = read(folder, "train")
    network = Network()
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
    started = time.perf_counter()
    for _ in range(epochs):
        for rows in torch.randperm(len(pixels)).split(BATCH):
            outputs = network(pixels[rows])
            loss = sum(nn.functional.cross_entropy(output, label[rows]) for output, label in zip(outputs, labels))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    seconds = (time.perf_counter() - started) / epochs
    pixels, labels = read(folder, "t10k")
    with torch.no_grad():
        accuracies = [(output.argmax(1) == label).float().mean().item() for output, label in zip(network(pixels), labels)]
    print(*accuracies, seconds)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
