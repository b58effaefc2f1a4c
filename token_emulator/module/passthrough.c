/* What SoftHSM2 answers by itself: each call is led to the SoftHSM2 of its device, and faults on order come first. */
#include <string.h>
#include <time.h>

#include "devices.h"
#include "functions.h"

/* For calls that a transport PIN does not open. */
static CK_RV needs_own_pin(const struct call *call) {
    if (!call->device->live->user_pin_to_be_changed) return CKR_OK;
    return call_view(call).inside == THE_USER ? CKR_PIN_EXPIRED : CKR_OK;
}

static bool take_fault(const struct call *call, unsigned fault, uint32_t *value) {
    struct guard guard;
    if (call->device->live->faults[fault].times == 0) return false; /* a look into memory, all that most calls pay */
    if (state_lock(&guard, call->device->folder, EXCLUSIVE) != CKR_OK) return false;
    bool taken = state_take_fault(&guard, fault, value);
    state_unlock(&guard);
    return taken;
}

/* A signature that is made: not one that is asked for its length. */
static CK_RV signing(const struct call *call, const CK_BYTE *signature) {
    uint32_t value;
    if (signature == NULL) return CKR_OK;
    if (take_fault(call, FAULT_SLOW, &value)) {
        struct timespec rest = {.tv_sec = value / 1000, .tv_nsec = (long)(value % 1000) * 1000000};
        while (nanosleep(&rest, &rest) != 0) continue;
    }
    if (take_fault(call, FAULT_REMOVED, &value)) {
        readers_pull(call->device->reader, call->device->counter);
        return CKR_DEVICE_REMOVED;
    }
    return CKR_OK;
}

static bool on_token(const CK_ATTRIBUTE *wanted, CK_ULONG count) {
    for (CK_ULONG i = 0; wanted && i < count; i++)
        if (wanted[i].type == CKA_TOKEN && wanted[i].pValue && wanted[i].ulValueLen == sizeof(CK_BBOOL))
            return *(const CK_BBOOL *)wanted[i].pValue != CK_FALSE;
    return false;
}

/* An object to be made: only what stays on the token takes its memory. */
static CK_RV making(const struct call *call, bool stays) {
    uint32_t value;
    CK_RV rv = needs_own_pin(call);
    if (rv != CKR_OK) return rv;
    return stays && take_fault(call, FAULT_MEMORY, &value) ? CKR_DEVICE_MEMORY : CKR_OK;
}

#define PASS(name, parameters, arguments) PASS_AFTER(CKR_OK, name, parameters, arguments)
#define PASS_OWN_PIN(name, parameters, arguments) PASS_AFTER(needs_own_pin(&call), name, parameters, arguments)
#define PASS_AFTER(check, name, parameters, arguments)                                                               \
    CK_RV name parameters {                                                                                          \
        struct call call;                                                                                            \
        CK_RV rv = call_begin(&call, session);                                                                       \
        if (rv != CKR_OK) return rv;                                                                                 \
        rv = check;                                                                                                  \
        if (rv == CKR_OK) rv = call.inner->name arguments;                                                           \
        return call_end(&call, rv);                                                                                  \
    }

/* Parameters that many have. */
#define IN_OUT (CK_SESSION_HANDLE session, CK_BYTE * in, CK_ULONG in_length, CK_BYTE * out, CK_ULONG * out_length)
#define IN_OUT_GIVEN (call.session, in, in_length, out, out_length)
#define IN (CK_SESSION_HANDLE session, CK_BYTE * in, CK_ULONG in_length)
#define IN_GIVEN (call.session, in, in_length)
#define OUT (CK_SESSION_HANDLE session, CK_BYTE * out, CK_ULONG * out_length)
#define OUT_GIVEN (call.session, out, out_length)
#define BY_KEY (CK_SESSION_HANDLE session, CK_MECHANISM * mechanism, CK_OBJECT_HANDLE key)
#define BY_KEY_GIVEN (call.session, mechanism, key)
#define TEMPLATE (CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE * wanted, CK_ULONG count)
#define TEMPLATE_GIVEN (call.session, object, wanted, count)

PASS(C_GetOperationState, (CK_SESSION_HANDLE session, CK_BYTE *state, CK_ULONG *length), (call.session, state, length))
PASS(C_SetOperationState,
     (CK_SESSION_HANDLE session, CK_BYTE *state, CK_ULONG length, CK_OBJECT_HANDLE encryption_key,
      CK_OBJECT_HANDLE authentication_key),
     (call.session, state, length, encryption_key, authentication_key))

/* objects */
PASS_AFTER(making(&call, on_token(wanted, count)), C_CreateObject,
           (CK_SESSION_HANDLE session, CK_ATTRIBUTE *wanted, CK_ULONG count, CK_OBJECT_HANDLE *object),
           (call.session, wanted, count, object))
PASS_AFTER(making(&call, on_token(wanted, count)), C_CopyObject,
           (CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE *wanted, CK_ULONG count,
            CK_OBJECT_HANDLE *copy),
           (call.session, object, wanted, count, copy))
PASS_OWN_PIN(C_DestroyObject, (CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object), (call.session, object))
PASS(C_GetObjectSize, (CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ULONG *size),
     (call.session, object, size))
PASS(C_GetAttributeValue, TEMPLATE, TEMPLATE_GIVEN)
PASS_OWN_PIN(C_SetAttributeValue, TEMPLATE, TEMPLATE_GIVEN)
PASS(C_FindObjectsInit, (CK_SESSION_HANDLE session, CK_ATTRIBUTE *wanted, CK_ULONG count),
     (call.session, wanted, count))
PASS(C_FindObjects, (CK_SESSION_HANDLE session, CK_OBJECT_HANDLE *objects, CK_ULONG room, CK_ULONG *count),
     (call.session, objects, room, count))
PASS(C_FindObjectsFinal, (CK_SESSION_HANDLE session), (call.session))

/* encryption */
PASS_OWN_PIN(C_EncryptInit, BY_KEY, BY_KEY_GIVEN)
PASS(C_Encrypt, IN_OUT, IN_OUT_GIVEN)
PASS(C_EncryptUpdate, IN_OUT, IN_OUT_GIVEN)
PASS(C_EncryptFinal, OUT, OUT_GIVEN)
PASS_OWN_PIN(C_DecryptInit, BY_KEY, BY_KEY_GIVEN)
PASS(C_Decrypt, IN_OUT, IN_OUT_GIVEN)
PASS(C_DecryptUpdate, IN_OUT, IN_OUT_GIVEN)
PASS(C_DecryptFinal, OUT, OUT_GIVEN)

/* digests */
PASS(C_DigestInit, (CK_SESSION_HANDLE session, CK_MECHANISM *mechanism), (call.session, mechanism))
PASS(C_Digest, IN_OUT, IN_OUT_GIVEN)
PASS(C_DigestUpdate, IN, IN_GIVEN)
PASS_OWN_PIN(C_DigestKey, (CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key), (call.session, key))
PASS(C_DigestFinal, OUT, OUT_GIVEN)

/* signatures */
PASS_OWN_PIN(C_SignInit, BY_KEY, BY_KEY_GIVEN)
PASS_AFTER(signing(&call, out), C_Sign, IN_OUT, IN_OUT_GIVEN)
PASS(C_SignUpdate, IN, IN_GIVEN)
PASS_AFTER(signing(&call, out), C_SignFinal, OUT, OUT_GIVEN)
PASS_OWN_PIN(C_SignRecoverInit, BY_KEY, BY_KEY_GIVEN)
PASS_AFTER(signing(&call, out), C_SignRecover, IN_OUT, IN_OUT_GIVEN)
PASS(C_VerifyInit, BY_KEY, BY_KEY_GIVEN)
PASS(C_Verify,
     (CK_SESSION_HANDLE session, CK_BYTE *in, CK_ULONG in_length, CK_BYTE *signature, CK_ULONG signature_length),
     (call.session, in, in_length, signature, signature_length))
PASS(C_VerifyUpdate, IN, IN_GIVEN)
PASS(C_VerifyFinal, (CK_SESSION_HANDLE session, CK_BYTE *signature, CK_ULONG signature_length),
     (call.session, signature, signature_length))
PASS(C_VerifyRecoverInit, BY_KEY, BY_KEY_GIVEN)
PASS(C_VerifyRecover,
     (CK_SESSION_HANDLE session, CK_BYTE *signature, CK_ULONG signature_length, CK_BYTE *out, CK_ULONG *out_length),
     (call.session, signature, signature_length, out, out_length))

/* two at once */
PASS(C_DigestEncryptUpdate, IN_OUT, IN_OUT_GIVEN)
PASS(C_DecryptDigestUpdate, IN_OUT, IN_OUT_GIVEN)
PASS(C_SignEncryptUpdate, IN_OUT, IN_OUT_GIVEN)
PASS(C_DecryptVerifyUpdate, IN_OUT, IN_OUT_GIVEN)

/* keys */
PASS_AFTER(making(&call, on_token(wanted, count)), C_GenerateKey,
           (CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_ATTRIBUTE *wanted, CK_ULONG count,
            CK_OBJECT_HANDLE *key),
           (call.session, mechanism, wanted, count, key))
PASS_AFTER(making(&call, on_token(wanted_public, public_count) || on_token(wanted_private, private_count)),
           C_GenerateKeyPair,
           (CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_ATTRIBUTE *wanted_public, CK_ULONG public_count,
            CK_ATTRIBUTE *wanted_private, CK_ULONG private_count, CK_OBJECT_HANDLE *public_key,
            CK_OBJECT_HANDLE *private_key),
           (call.session, mechanism, wanted_public, public_count, wanted_private, private_count, public_key,
            private_key))
PASS_OWN_PIN(C_WrapKey,
             (CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE wrapping_key, CK_OBJECT_HANDLE key,
              CK_BYTE *out, CK_ULONG *out_length),
             (call.session, mechanism, wrapping_key, key, out, out_length))
PASS_AFTER(making(&call, on_token(wanted, count)), C_UnwrapKey,
           (CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE unwrapping_key, CK_BYTE *in,
            CK_ULONG in_length, CK_ATTRIBUTE *wanted, CK_ULONG count, CK_OBJECT_HANDLE *key),
           (call.session, mechanism, unwrapping_key, in, in_length, wanted, count, key))
PASS_AFTER(making(&call, on_token(wanted, count)), C_DeriveKey,
           (CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE base_key, CK_ATTRIBUTE *wanted,
            CK_ULONG count, CK_OBJECT_HANDLE *key),
           (call.session, mechanism, base_key, wanted, count, key))
PASS(C_SeedRandom, (CK_SESSION_HANDLE session, CK_BYTE *seed, CK_ULONG length), (call.session, seed, length))
PASS(C_GenerateRandom, (CK_SESSION_HANDLE session, CK_BYTE *out, CK_ULONG length), (call.session, out, length))
PASS(C_GetFunctionStatus, (CK_SESSION_HANDLE session), (call.session))
PASS(C_CancelFunction, (CK_SESSION_HANDLE session), (call.session))
