/*
 * The SoftHSM2s underneath: one for each device in use.
 *
 * SoftHSM2 looks for tokens only when it is initialised, and then reads all that there are. So each device has a
 * SoftHSM2 of its own, which is started when the device is first used and finds that one token only: a client pays
 * for what it uses, and a device plugged in later needs no restart.
 */
#ifndef MOCKTOKEN_INNER_H
#define MOCKTOKEN_INNER_H

#include <sys/types.h>

#include "state.h"

#define INNER_PIN 32 /* characters */

struct inner {
    CK_FUNCTION_LIST *call;
    CK_SLOT_ID slot;
    struct inner *next; /* in the pool */
};

/* Whether SoftHSM2 is on this machine; said on standard error when it is not. */
bool inner_available(void);
/* A SoftHSM2 that has the token in `folder`/store, or a blank slot when there is none. NULL, said on standard error,
   when that fails. One call at a time. */
struct inner *inner_start(const char *folder);
/* Finalise it and keep it for another device. */
void inner_stop(struct inner *inner);
/* In a forked child: what is there belongs to the parent. */
void inner_forget(void);
/* Whether the process is at its end: SoftHSM2 may have been taken down already. */
bool inner_gone(void);

/* A PIN that nobody knows. */
bool inner_make_pin(char pin[INNER_PIN]);

/* SoftHSM2 rewrites token.object in place at each login, so that a kill there leaves it empty: the token lost. Keep a
   copy after a change that matters, and put it back where the file is found cut short. With the record locked. */
CK_RV inner_keep_copy(const char *folder);
CK_RV inner_repair(const char *folder);
/* Remove what an unfinished C_InitToken left in `folder`/store. */
void inner_clear(const char *folder);

#endif
