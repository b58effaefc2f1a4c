/* The devices in use by this application, and its sessions on them. */
#ifndef MOCKTOKEN_DEVICES_H
#define MOCKTOKEN_DEVICES_H

#include "inner.h"
#include "policy.h"
#include "readers.h"

struct device {
    unsigned reader;
    uint32_t counter;    /* of the reader, since the device is in it */
    uint32_t generation; /* of the record */
    const struct record *live;
    struct inner *inner;
    unsigned calls; /* that are inside SoftHSM2 */
    unsigned sessions, read_only;
    bool gone;
    bool so_inside;
    char user_pin[INNER_PIN]; /* SoftHSM2's, while the SO is logged in and may set a new PIN for it */
    char folder[4000];
};

/* One call on one device. */
struct call {
    struct device *device;
    CK_SESSION_HANDLE handle;  /* the application's; 0 for a call on a reader */
    CK_FUNCTION_LIST *inner;   /* the functions underneath */
    CK_SESSION_HANDLE session; /* the session underneath */
    bool writable;
};

/* Whether C_Initialize was called, in this process. */
bool devices_ready(void);
void devices_start(void);
/* Close everything: false when it was not started. */
bool devices_stop(void);
void devices_before_fork(void);
void devices_after_fork(bool child);

/* Begin a call on a session: CKR_OK, and call_end must follow; else why not. */
CK_RV call_begin(struct call *call, CK_SESSION_HANDLE session);
/* Begin a call on a reader. Starts the device's SoftHSM2 when needed. */
CK_RV call_begin_reader(struct call *call, CK_SLOT_ID slot);
/* End it: what the application is told, which is that the device was removed when that has happened meanwhile. */
CK_RV call_end(struct call *call, CK_RV rv);

/* Who is logged in on the call's session. */
struct view call_view(const struct call *call);

/* A session that SoftHSM2 has opened gets its handle. */
CK_RV session_add(struct call *call, CK_SESSION_HANDLE inner, bool writable, CK_SESSION_HANDLE *session);
CK_RV session_close(CK_SESSION_HANDLE session);
CK_RV session_close_all(CK_SLOT_ID slot);

/* Open sessions of this application on the device in a reader. */
void devices_count(unsigned reader, CK_ULONG *sessions, CK_ULONG *read_only);

#endif
