from dataclasses import dataclass

from edgekit.doctor.probe import Found
from edgekit.errors import ToolError


@dataclass(frozen=True)
class Environment:
    """OpenVINO 2021.4.2 in an environment of its own."""

    purpose: str = "the target movidius; made when a build needs it"
    required: bool = False

    @property
    def fits(self) -> str:
        from edgekit.backends.movidius import environment

        return f"=={environment.VERSION}"

    @property
    def install(self) -> str:
        from edgekit.backends.movidius import environment

        return environment.INSTALL

    def find(self) -> Found | None:
        from edgekit.backends.movidius import environment

        try:
            python = environment.find()
        except ToolError:
            return None
        return None if python is None else Found(environment.VERSION, str(python))

    def accepts(self, version: str) -> bool:
        return True


TOOL = Environment()
