"""The HTTP faces: JSON API, public portal, control plane, and the bare route of the PKI."""
