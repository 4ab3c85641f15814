"""deploy.cluster whose trainings use the small sample of MNIST: python small_cluster.py [options of deploy.cluster]."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from deploy import cluster

if __name__ == "__main__":
    cluster.APP = "tests/browser/small_app.py"
    cluster.main()
