/* Opening and closing sessions. */
#include "devices.h"
#include "functions.h"

CK_RV C_OpenSession(CK_SLOT_ID slot, CK_FLAGS flags, void *application, CK_NOTIFY notify, CK_SESSION_HANDLE *session) {
    (void)application, (void)notify; /* SoftHSM2 never calls back, and would name a session of its own */
    if (!devices_ready()) return CKR_CRYPTOKI_NOT_INITIALIZED;
    if (session == NULL) return CKR_ARGUMENTS_BAD;
    if (!(flags & CKF_SERIAL_SESSION)) return CKR_SESSION_PARALLEL_NOT_SUPPORTED;
    struct call call;
    struct guard guard;
    CK_RV rv = call_begin_reader(&call, slot);
    if (rv != CKR_OK) return rv;
    /* SoftHSM2 reads the file here that another process rewrites when it logs in. */
    rv = state_lock(&guard, call.device->folder, SHARED);
    if (rv != CKR_OK) return call_end(&call, rv);
    rv = call.inner->C_OpenSession(call.device->inner->slot, flags, NULL, NULL, &call.session);
    state_unlock(&guard);
    if (rv == CKR_OK) {
        rv = session_add(&call, call.session, (flags & CKF_RW_SESSION) != 0, session);
        if (rv != CKR_OK) call.inner->C_CloseSession(call.session);
    }
    return call_end(&call, rv);
}

CK_RV C_CloseSession(CK_SESSION_HANDLE session) { return session_close(session); }

CK_RV C_CloseAllSessions(CK_SLOT_ID slot) { return session_close_all(slot); }

CK_RV C_GetSessionInfo(CK_SESSION_HANDLE session, CK_SESSION_INFO *info) {
    struct call call;
    CK_RV rv = call_begin(&call, session);
    if (rv != CKR_OK) return rv;
    rv = call.inner->C_GetSessionInfo(call.session, info);
    if (rv == CKR_OK) info->slotID = call.device->reader;
    return call_end(&call, rv);
}
