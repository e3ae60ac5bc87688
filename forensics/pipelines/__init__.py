"""The stories of the top-level folder pipelines/, importable as forensics.pipelines.NAME."""

from forensics.share import share

__path__ = [str(share("pipelines"))]
