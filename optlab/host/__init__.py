"""The plugin host: find, import, isolate, register, report."""

from optlab.host.host import Host, load_plugins
from optlab.host.record import PluginRecord

__all__ = ["Host", "PluginRecord", "load_plugins"]
