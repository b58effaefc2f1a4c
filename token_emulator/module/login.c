/* Whatever a PIN goes into. */
#include <string.h>

#include "devices.h"
#include "functions.h"
#include "seal.h"

/* SoftHSM2's PINs. The user's PIN opens the first, the SO's both: so the SO can set a new PIN for the user. */
struct inner_pins {
    char user[INNER_PIN];
    char so[INNER_PIN];
};

static size_t sealed_length(enum who who) { return who == USER ? INNER_PIN : sizeof(struct inner_pins); }

static CK_UTF8CHAR *as_pin(char *pin) { return (CK_UTF8CHAR *)pin; }

/*
 * Try a PIN. It is counted on record before it is compared: who is killed in between has lost the try, never won one.
 * On CKR_OK the count is zero in the guard's record, which is for the caller to write; the record on file still has
 * the charge.
 */
static CK_RV try_pin(struct guard *guard, enum who who, CK_UTF8CHAR *pin, CK_ULONG length, struct inner_pins *pins) {
    CK_RV rv = policy_charge(&guard->record, who, length);
    if (rv != CKR_OK) return rv;
    rv = state_write(guard);
    if (rv != CKR_OK) return rv;
    if (!seal_open(&guard->record.seals[who], who, pin, length, pins, sealed_length(who)))
        return policy_wrong(&guard->record, who);
    guard->record.failures[who] = 0;
    return CKR_OK;
}

static CK_RV log_in(struct call *call, struct guard *guard, enum who who, CK_UTF8CHAR *pin, CK_ULONG length) {
    struct view view = call_view(call);
    struct inner_pins pins;
    uint32_t failures = guard->record.failures[who];
    CK_RV rv = policy_login(&guard->record, &view, who, pin, length);
    if (rv == CKR_OK) rv = try_pin(guard, who, pin, length, &pins);
    if (rv != CKR_OK) return rv;
    rv = inner_repair(call->device->folder);
    if (rv == CKR_OK)
        rv = call->inner->C_Login(call->session, who == USER ? CKU_USER : CKU_SO,
                                  as_pin(who == USER ? pins.user : pins.so), INNER_PIN);
    if (rv != CKR_OK) guard->record.failures[who] = failures; /* the PIN was right, the fault is another's */
    CK_RV written = state_write(guard);
    if (rv == CKR_OK && written != CKR_OK) {
        call->inner->C_Logout(call->session);
        rv = written;
    }
    if (rv == CKR_OK && who == SO) {
        memcpy(call->device->user_pin, pins.user, sizeof pins.user);
        call->device->so_inside = true;
    }
    wipe(&pins, sizeof pins);
    return rv;
}

/* CKU_CONTEXT_SPECIFIC: the PIN once more, for one operation with a key that always wants it. */
static CK_RV log_in_again(struct call *call, struct guard *guard, CK_UTF8CHAR *pin, CK_ULONG length) {
    struct inner_pins pins;
    if (pin == NULL || length == 0) return CKR_ARGUMENTS_BAD;
    if (call_view(call).inside != THE_USER) return CKR_OPERATION_NOT_INITIALIZED;
    /* Whether an operation waits is SoftHSM2's to know: asked with a PIN that cannot be right. */
    CK_RV rv = inner_repair(call->device->folder);
    if (rv == CKR_OK) rv = call->inner->C_Login(call->session, CKU_CONTEXT_SPECIFIC, as_pin("no PIN"), 6);
    if (rv != CKR_PIN_INCORRECT) return rv == CKR_OK ? CKR_DEVICE_ERROR : CKR_OPERATION_NOT_INITIALIZED;
    uint32_t failures = guard->record.failures[USER];
    rv = try_pin(guard, USER, pin, length, &pins);
    if (rv == CKR_OK) {
        rv = call->inner->C_Login(call->session, CKU_CONTEXT_SPECIFIC, as_pin(pins.user), INNER_PIN);
        if (rv != CKR_OK) guard->record.failures[USER] = failures;
        CK_RV written = state_write(guard);
        rv = rv == CKR_OK ? written : rv;
        wipe(&pins, sizeof pins);
    } else if (policy_locked(&guard->record, USER)) {
        call->inner->C_Logout(call->session);
    }
    return rv;
}

CK_RV C_Login(CK_SESSION_HANDLE session, CK_USER_TYPE user, CK_UTF8CHAR *pin, CK_ULONG pin_length) {
    struct call call;
    struct guard guard;
    uint32_t wanted;
    CK_RV rv = call_begin(&call, session);
    if (rv != CKR_OK) return rv;
    if (user != CKU_USER && user != CKU_SO && user != CKU_CONTEXT_SPECIFIC)
        return call_end(&call, CKR_USER_TYPE_INVALID);
    rv = state_lock(&guard, call.device->folder, EXCLUSIVE);
    if (rv != CKR_OK) return call_end(&call, rv);
    if (state_take_fault(&guard, FAULT_LOGIN, &wanted))
        rv = wanted;
    else if (user == CKU_CONTEXT_SPECIFIC)
        rv = log_in_again(&call, &guard, pin, pin_length);
    else
        rv = log_in(&call, &guard, user == CKU_USER ? USER : SO, pin, pin_length);
    state_unlock(&guard);
    return call_end(&call, rv);
}

CK_RV C_LoginUser(CK_SESSION_HANDLE session, CK_USER_TYPE user, CK_UTF8CHAR *pin, CK_ULONG pin_length,
                  CK_UTF8CHAR *name, CK_ULONG name_length) {
    if (name != NULL || name_length > 0) return devices_ready() ? CKR_ARGUMENTS_BAD : CKR_CRYPTOKI_NOT_INITIALIZED;
    return C_Login(session, user, pin, pin_length);
}

CK_RV C_Logout(CK_SESSION_HANDLE session) {
    struct call call;
    CK_RV rv = call_begin(&call, session);
    if (rv != CKR_OK) return rv;
    rv = call.inner->C_Logout(call.session);
    if (rv == CKR_OK) {
        call.device->so_inside = false;
        wipe(call.device->user_pin, sizeof call.device->user_pin);
    }
    return call_end(&call, rv);
}

CK_RV C_SetPIN(CK_SESSION_HANDLE session, CK_UTF8CHAR *old_pin, CK_ULONG old_length, CK_UTF8CHAR *new_pin,
               CK_ULONG new_length) {
    struct call call;
    struct guard guard;
    struct inner_pins pins;
    CK_RV rv = call_begin(&call, session);
    if (rv != CKR_OK) return rv;
    rv = state_lock(&guard, call.device->folder, EXCLUSIVE);
    if (rv != CKR_OK) return call_end(&call, rv);
    struct view view = call_view(&call);
    enum who who = view.inside == THE_SO ? SO : USER;
    rv = policy_set_pin(&guard.record, &view, old_pin, old_length, new_pin, new_length);
    if (rv == CKR_OK) rv = try_pin(&guard, who, old_pin, old_length, &pins);
    if (rv == CKR_OK) {
        /* Sealed anew is all: SoftHSM2 keeps its PIN, so there is no moment with two files that disagree. */
        if (who == USER) guard.record.user_pin_to_be_changed = 0;
        rv = seal_close(&guard.record.seals[who], who, new_pin, new_length, &pins, sealed_length(who))
                 ? state_write(&guard)
                 : CKR_DEVICE_ERROR;
        wipe(&pins, sizeof pins);
    }
    state_unlock(&guard);
    return call_end(&call, rv);
}

CK_RV C_InitPIN(CK_SESSION_HANDLE session, CK_UTF8CHAR *pin, CK_ULONG pin_length) {
    struct call call;
    struct guard guard;
    CK_RV rv = call_begin(&call, session);
    if (rv != CKR_OK) return rv;
    rv = state_lock(&guard, call.device->folder, EXCLUSIVE);
    if (rv != CKR_OK) return call_end(&call, rv);
    struct view view = call_view(&call);
    struct record *record = &guard.record;
    char *inner_pin = call.device->user_pin;
    rv = policy_init_pin(record, &view, pin, pin_length);
    if (rv == CKR_OK && !call.device->so_inside) rv = CKR_USER_NOT_LOGGED_IN;
    if (rv == CKR_OK && !record->user_pin_set) { /* SoftHSM2 has none yet */
        rv = inner_repair(call.device->folder);
        if (rv == CKR_OK) rv = call.inner->C_InitPIN(call.session, as_pin(inner_pin), INNER_PIN);
        if (rv == CKR_OK) rv = inner_keep_copy(call.device->folder);
    }
    if (rv == CKR_OK) {
        record->user_pin_set = 1;
        record->user_pin_to_be_changed = record->must_change;
        record->failures[USER] = 0;
        rv = seal_close(&record->seals[USER], USER, pin, pin_length, inner_pin, INNER_PIN) ? state_write(&guard)
                                                                                           : CKR_DEVICE_ERROR;
    }
    state_unlock(&guard);
    return call_end(&call, rv);
}

/* Empty a token that has an SO PIN. The record goes first: whoever is killed here leaves a token without a user PIN,
   which the SO sets. */
static CK_RV empty(struct call *call, struct guard *guard, CK_UTF8CHAR *pin, CK_ULONG length, CK_UTF8CHAR *label) {
    struct record *record = &guard->record;
    struct inner_pins pins;
    if (pin == NULL || length == 0) return CKR_ARGUMENTS_BAD;
    CK_RV rv = try_pin(guard, SO, pin, length, &pins);
    if (rv != CKR_OK) return rv;
    record->user_pin_set = record->user_pin_to_be_changed = record->failures[USER] = 0;
    memset(&record->seals[USER], 0, sizeof record->seals[USER]);
    memcpy(record->label, label, sizeof record->label);
    record->generation += 1;
    rv = state_write(guard);
    if (rv == CKR_OK) rv = inner_repair(call->device->folder);
    if (rv == CKR_OK)
        rv = call->inner->C_InitToken(call->device->inner->slot, as_pin(pins.so), INNER_PIN, label);
    if (rv == CKR_OK) rv = inner_keep_copy(call->device->folder);
    wipe(&pins, sizeof pins);
    return rv;
}

/* A blank token: the PIN becomes the SO's. SoftHSM2 goes first: what an unfinished one leaves is cleared away. */
static CK_RV initialise(struct call *call, struct guard *guard, CK_UTF8CHAR *pin, CK_ULONG length, CK_UTF8CHAR *label) {
    struct record *record = &guard->record;
    struct inner_pins pins;
    CK_RV rv = policy_new_pin(record, pin, length);
    if (rv != CKR_OK) return rv;
    if (!inner_make_pin(pins.user) || !inner_make_pin(pins.so)) return CKR_DEVICE_ERROR;
    rv = call->inner->C_InitToken(call->device->inner->slot, as_pin(pins.so), INNER_PIN, label);
    if (rv == CKR_OK) rv = inner_keep_copy(call->device->folder);
    if (rv == CKR_OK && !seal_close(&record->seals[SO], SO, pin, length, &pins, sizeof pins)) rv = CKR_DEVICE_ERROR;
    if (rv == CKR_OK) {
        record->initialised = 1;
        memcpy(record->label, label, sizeof record->label);
        rv = state_write(guard);
    }
    wipe(&pins, sizeof pins);
    return rv;
}

CK_RV C_InitToken(CK_SLOT_ID slot, CK_UTF8CHAR *pin, CK_ULONG pin_length, CK_UTF8CHAR *label) {
    struct call call;
    struct guard guard;
    CK_ULONG sessions, read_only;
    CK_RV rv = call_begin_reader(&call, slot);
    if (rv != CKR_OK) return rv;
    devices_count((unsigned)slot, &sessions, &read_only);
    if (sessions > 0) return call_end(&call, CKR_SESSION_EXISTS);
    if (label == NULL) return call_end(&call, CKR_ARGUMENTS_BAD);
    rv = state_lock(&guard, call.device->folder, EXCLUSIVE);
    if (rv != CKR_OK) return call_end(&call, rv);
    rv = guard.record.initialised ? empty(&call, &guard, pin, pin_length, label)
                                  : initialise(&call, &guard, pin, pin_length, label);
    call.device->generation = guard.record.generation;
    state_unlock(&guard);
    return call_end(&call, rv);
}
