"""The processes that train together, as torchrun starts them; one alone is a world of one."""

from dataclasses import dataclass
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel


@dataclass(frozen=True)
class Ranks:
    """This process, `rank`, among `world` of them."""

    rank: int
    world: int

    @staticmethod
    def now() -> "Ranks":
        return Ranks(dist.get_rank(), dist.get_world_size()) if dist.is_initialized() else Ranks(0, 1)

    def distribute(self, module: nn.Module) -> nn.Module:
        """The module with its gradients averaged over all processes."""
        return DistributedDataParallel(module) if self.world > 1 else module

    def mean(self, tensor: Tensor) -> Tensor:
        """Of what each process has; the tensor itself may be overwritten."""
        if self.world > 1:
            dist.all_reduce(tensor)
        return tensor / self.world

    def any(self, flag: bool, device: torch.device) -> bool:
        """Whether it is so in one process at least."""
        if self.world == 1:
            return flag
        vote = torch.tensor(float(flag), device=device)
        dist.all_reduce(vote, op=dist.ReduceOp.MAX)
        return bool(vote)

    def gather(self, tensor: Tensor) -> list[Tensor]:
        """What each process has, in their order."""
        if self.world == 1:
            return [tensor]
        tensors: list[Any] = [None] * self.world
        dist.all_gather_object(tensors, tensor)
        return tensors

    def wait(self) -> None:
        """Until all are here."""
        if self.world > 1:
            dist.barrier()
