"""The virtual token: the devices that one holds, in the browser, and what a hand and a PIN can do with them.

It is the very device of the PKCS#11 module: a try made here counts there. What only the authority may do, such as
restoring by the SO PIN, is not done here.

listing   the devices in one's hands
device    one of them: its lamp, what is on it, what can be done
using     plugging, PINs, a trial signature
"""

from mockca.web.tokens import device, listing, using
from mockca.web.tokens.blueprint import tokens

__all__ = ["device", "listing", "tokens", "using"]
