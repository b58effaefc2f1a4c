/*
 * What a device answers to PINs, step by step: the state machine of token_emulator/pin.py on a record. Pure: no PIN
 * is compared here and nothing is written.
 */
#ifndef MOCKTOKEN_POLICY_H
#define MOCKTOKEN_POLICY_H

#include "state.h"

/* Who is logged in, as far as PINs go. */
enum inside { NOBODY, THE_USER, THE_SO };

struct view {
    enum inside inside;
    bool read_write;       /* the session that the call is made on */
    bool read_only_exists; /* any session of this application */
};

/* CKR_OK: the PIN is to be tried. */
CK_RV policy_login(const struct record *record, const struct view *view, enum who who, const CK_UTF8CHAR *pin,
                   CK_ULONG length);
CK_RV policy_set_pin(const struct record *record, const struct view *view, const CK_UTF8CHAR *old, CK_ULONG old_length,
                     const CK_UTF8CHAR *new, CK_ULONG new_length);
/* CKR_OK: the new PIN may be set. */
CK_RV policy_init_pin(const struct record *record, const struct view *view, const CK_UTF8CHAR *new, CK_ULONG length);
CK_RV policy_new_pin(const struct record *record, const CK_UTF8CHAR *new, CK_ULONG length);

/* Before a PIN is compared: count the try, unless it is refused unseen. */
CK_RV policy_charge(struct record *record, enum who who, CK_ULONG length);
/* What a wrong PIN that has been counted is told. */
CK_RV policy_wrong(const struct record *record, enum who who);

bool policy_locked(const struct record *record, enum who who);
/* The PIN bits of CK_TOKEN_INFO.flags. */
CK_FLAGS policy_flags(const struct record *record);

#endif
