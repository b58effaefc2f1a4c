/*
 * A secret that only a PIN opens.
 *
 * SoftHSM2 under this module has PINs of its own, made at random: who goes around the module, to SoftHSM2 itself,
 * finds that the device's PIN is not good there. They are kept in the device's record, encrypted by a key that is
 * derived from the device's PIN.
 */
#ifndef MOCKTOKEN_SEAL_H
#define MOCKTOKEN_SEAL_H

#include "state.h"

bool seal_random(void *octets, size_t length);
/* Seal `length` octets (at most 64). false when the system gives no random octets. */
bool seal_close(struct seal *seal, enum who who, const CK_UTF8CHAR *pin, CK_ULONG pin_length, const void *secret,
                size_t length);
/* Whether the PIN is the right one; then the secret, of the length that it was sealed with, is in `secret`. */
bool seal_open(const struct seal *seal, enum who who, const CK_UTF8CHAR *pin, CK_ULONG pin_length, void *secret,
               size_t length);

#endif
