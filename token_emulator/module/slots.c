/* Readers and tokens as applications see them. */
#include <stdio.h>
#include <string.h>

#include "devices.h"
#include "functions.h"

void put_text(CK_UTF8CHAR *field, size_t room, const char *text) {
    size_t length = strlen(text);
    memset(field, ' ', room);
    memcpy(field, text, length < room ? length : room);
}

static bool occupied(CK_SLOT_ID slot) {
    char serial[SERIAL_LENGTH + 1];
    uint32_t counter;
    return readers_device((unsigned)slot, serial, &counter);
}

CK_RV C_GetSlotList(CK_BBOOL present, CK_SLOT_ID *slots, CK_ULONG *count) {
    if (!devices_ready()) return CKR_CRYPTOKI_NOT_INITIALIZED;
    if (count == NULL) return CKR_ARGUMENTS_BAD;
    CK_SLOT_ID found[READERS];
    CK_ULONG number = 0;
    for (CK_SLOT_ID slot = 0; slot < readers_count(); slot++)
        if (!present || occupied(slot)) found[number++] = slot;
    CK_RV rv = slots != NULL && *count < number ? CKR_BUFFER_TOO_SMALL : CKR_OK;
    if (slots != NULL && rv == CKR_OK) memcpy(slots, found, number * sizeof *found);
    *count = number;
    return rv;
}

CK_RV C_GetSlotInfo(CK_SLOT_ID slot, CK_SLOT_INFO *info) {
    if (!devices_ready()) return CKR_CRYPTOKI_NOT_INITIALIZED;
    if (info == NULL) return CKR_ARGUMENTS_BAD;
    if (slot >= readers_count()) return CKR_SLOT_ID_INVALID;
    char description[64];
    memset(info, 0, sizeof *info);
    snprintf(description, sizeof description, "mockca reader %lu", slot);
    put_text(info->slotDescription, sizeof info->slotDescription, description);
    put_text(info->manufacturerID, sizeof info->manufacturerID, "mockca (mo phong)");
    info->flags = CKF_REMOVABLE_DEVICE | CKF_HW_SLOT | (occupied(slot) ? CKF_TOKEN_PRESENT : 0);
    info->hardwareVersion.major = info->firmwareVersion.major = 1;
    return CKR_OK;
}

CK_RV C_GetTokenInfo(CK_SLOT_ID slot, CK_TOKEN_INFO *info) {
    if (!devices_ready()) return CKR_CRYPTOKI_NOT_INITIALIZED;
    if (info == NULL) return CKR_ARGUMENTS_BAD;
    if (slot >= readers_count()) return CKR_SLOT_ID_INVALID;
    char serial[SERIAL_LENGTH + 1], folder[4000];
    uint32_t counter;
    struct guard guard;
    if (!readers_device((unsigned)slot, serial, &counter)) return CKR_TOKEN_NOT_PRESENT;
    if (!readers_folder(serial, folder, sizeof folder)) return CKR_GENERAL_ERROR;
    CK_RV rv = state_lock(&guard, folder, SHARED);
    if (rv != CKR_OK) return rv == CKR_DEVICE_REMOVED ? CKR_TOKEN_NOT_PRESENT : rv;
    const struct record *record = &guard.record;
    CK_ULONG sessions, read_only;
    devices_count((unsigned)slot, &sessions, &read_only);
    memset(info, 0, sizeof *info);
    memcpy(info->label, record->label, sizeof info->label);
    memcpy(info->manufacturerID, record->manufacturer, sizeof info->manufacturerID);
    memcpy(info->model, record->model, sizeof info->model);
    memcpy(info->serialNumber, record->serial, sizeof info->serialNumber);
    info->flags = CKF_RNG | CKF_LOGIN_REQUIRED | policy_flags(record);
    info->ulMaxSessionCount = info->ulMaxRwSessionCount = CK_EFFECTIVELY_INFINITE;
    info->ulSessionCount = sessions;
    info->ulRwSessionCount = sessions - read_only;
    info->ulMinPinLen = record->min_length;
    info->ulMaxPinLen = record->max_length;
    info->ulTotalPublicMemory = info->ulFreePublicMemory = CK_UNAVAILABLE_INFORMATION;
    info->ulTotalPrivateMemory = info->ulFreePrivateMemory = CK_UNAVAILABLE_INFORMATION;
    info->hardwareVersion.major = info->firmwareVersion.major = 1;
    memset(info->utcTime, ' ', sizeof info->utcTime); /* no clock on the token */
    state_unlock(&guard);
    return CKR_OK;
}

CK_RV C_GetMechanismList(CK_SLOT_ID slot, CK_MECHANISM_TYPE *mechanisms, CK_ULONG *count) {
    struct call call;
    CK_RV rv = call_begin_reader(&call, slot);
    if (rv != CKR_OK) return rv;
    return call_end(&call, call.inner->C_GetMechanismList(call.device->inner->slot, mechanisms, count));
}

CK_RV C_GetMechanismInfo(CK_SLOT_ID slot, CK_MECHANISM_TYPE mechanism, CK_MECHANISM_INFO *info) {
    struct call call;
    CK_RV rv = call_begin_reader(&call, slot);
    if (rv != CKR_OK) return rv;
    return call_end(&call, call.inner->C_GetMechanismInfo(call.device->inner->slot, mechanism, info));
}

CK_RV C_WaitForSlotEvent(CK_FLAGS flags, CK_SLOT_ID *slot, void *reserved) {
    if (!devices_ready()) return CKR_CRYPTOKI_NOT_INITIALIZED;
    if (slot == NULL || reserved != NULL) return CKR_ARGUMENTS_BAD;
    return readers_wait((flags & CKF_DONT_BLOCK) == 0, slot);
}
