/*
 * A PKCS#11 module with one deliberate defect, in front of the one that CROOKED_INNER names. CROOKED says which.
 * Where the defect is in the counting, it counts itself, in this process's memory as no token may, and tells the
 * right PIN by CROOKED_PIN; wrong ones then never reach the module behind.
 */
#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pkcs11.h"

#define TRIES 3
#define LONGEST_PIN 64
#define OWN_FLAGS (CKF_USER_PIN_COUNT_LOW | CKF_USER_PIN_FINAL_TRY | CKF_USER_PIN_LOCKED)
#define CKA_CLASS 0UL
#define CKA_KEY_TYPE 0x100UL
#define CKA_SENSITIVE 0x103UL
#define CKR_ATTRIBUTE_TYPE_INVALID 0x12UL
#define CKM_RSA_PKCS 1UL
#define CKO_CERTIFICATE 1UL

static CK_FUNCTION_LIST *inner;
static CK_FUNCTION_LIST outer;
static unsigned wrong, restored, asked_for_certificates;

static int is(const char *defect) {
    const char *told = getenv("CROOKED");
    return told != NULL && strcmp(told, defect) == 0;
}

static int counts(void) {
    return is("forgets") || is("never-resets") || is("unlocks-itself") || is("never-locks") || is("locks-early") ||
           is("locks-late");
}

static unsigned limit(void) {
    if (is("never-locks"))
        return ~0U;
    return is("locks-early") ? TRIES - 1 : is("locks-late") ? TRIES + 1 : TRIES;
}

static char right_pin[LONGEST_PIN + 1];

static const char *known_pin(void) {
    if (right_pin[0] == 0 && getenv("CROOKED_PIN") != NULL)
        strncpy(right_pin, getenv("CROOKED_PIN"), LONGEST_PIN);
    return right_pin;
}

static int is_right(const CK_UTF8CHAR *pin, CK_ULONG length) {
    return strlen(known_pin()) == length && memcmp(right_pin, pin, length) == 0;
}

static void remember_pin(const CK_UTF8CHAR *pin, CK_ULONG length) {
    if (length <= LONGEST_PIN) {
        memcpy(right_pin, pin, length);
        right_pin[length] = 0;
    }
}

static CK_RV initialize(void *arguments) {
    if (is("hangs-at-once"))
        pause();
    if (is("crashes-at-once"))
        raise(SIGSEGV);
    return inner->C_Initialize(arguments);
}

static CK_RV get_token_info(CK_SLOT_ID slot, CK_TOKEN_INFO *info) {
    if (is("is-not-recognised"))
        return CKR_TOKEN_NOT_RECOGNIZED;
    CK_RV rv = inner->C_GetTokenInfo(slot, info);
    if (rv != CKR_OK)
        return rv;
    if (counts()) {
        info->flags &= ~(CK_FLAGS)OWN_FLAGS;
        info->flags |= wrong > 0 && wrong < limit() ? CKF_USER_PIN_COUNT_LOW : 0;
        info->flags |= wrong + 1 == limit() ? CKF_USER_PIN_FINAL_TRY : 0;
        info->flags |= wrong >= limit() ? CKF_USER_PIN_LOCKED : 0;
    }
    if (is("always-low"))
        info->flags |= CKF_USER_PIN_COUNT_LOW;
    if (is("never-low"))
        info->flags &= ~(CK_FLAGS)(CKF_USER_PIN_COUNT_LOW | CKF_USER_PIN_FINAL_TRY);
    if (is("final-too-early") && (info->flags & CKF_USER_PIN_COUNT_LOW))
        info->flags |= CKF_USER_PIN_FINAL_TRY;
    if (is("flag-stays") && restored)
        info->flags |= CKF_USER_PIN_LOCKED;
    if (is("hides-the-lock"))
        info->flags &= ~(CK_FLAGS)CKF_USER_PIN_LOCKED;
    if (is("other-flags"))
        info->flags = CKF_TOKEN_INITIALIZED | strtoul(getenv("CROOKED_FLAGS"), NULL, 10);
    if (is("no-lengths"))
        info->ulMinPinLen = 0, info->ulMaxPinLen = ~0UL;
    return CKR_OK;
}

static CK_RV get_slots(CK_BBOOL present, CK_SLOT_ID *slots, CK_ULONG *count) {
    return is("has-no-slots") ? CKR_DEVICE_ERROR : inner->C_GetSlotList(present, slots, count);
}

static CK_RV get_attributes(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE *asked, CK_ULONG count) {
    if (is("tells-little") && asked[0].type == CKA_SENSITIVE)
        return CKR_ATTRIBUTE_TYPE_INVALID;
    CK_RV rv = inner->C_GetAttributeValue(session, object, asked, count);
    if (is("has-odd-keys") && asked[0].type == CKA_KEY_TYPE && asked[0].pValue != NULL)
        *(CK_ULONG *)asked[0].pValue = 0x7777;
    return rv;
}

static CK_RV get_mechanisms(CK_SLOT_ID slot, CK_MECHANISM_TYPE *list, CK_ULONG *count) {
    if (!is("knows-few-mechanisms"))
        return inner->C_GetMechanismList(slot, list, count);
    if (list != NULL)
        list[0] = CKM_RSA_PKCS;
    *count = 1;
    return CKR_OK;
}

static CK_RV login(CK_SESSION_HANDLE session, CK_USER_TYPE who, CK_UTF8CHAR *pin, CK_ULONG length) {
    if (is("prints-pins"))
        fprintf(stderr, "login with %.*s\n", (int)length, (const char *)pin);
    if (is("lets-nobody-in"))
        return CKR_FUNCTION_FAILED;
    if (counts() && who == CKU_USER && wrong >= limit())
        return CKR_PIN_LOCKED;
    if (counts() && who == CKU_USER && !is_right(pin, length))
        return ++wrong >= limit() ? CKR_PIN_LOCKED : CKR_PIN_INCORRECT;
    if (is("takes-any-pin") && who == CKU_USER)
        pin = (CK_UTF8CHAR *)getenv("CROOKED_PIN"), length = strlen(getenv("CROOKED_PIN"));
    CK_RV rv = inner->C_Login(session, who, pin, length);
    if (who == CKU_USER && rv == CKR_PIN_INCORRECT) {
        wrong++;
        if (is("vague"))
            return CKR_GENERAL_ERROR;
        if (is("has-words-of-its-own"))
            return 0x80000001UL;
    }
    if (who == CKU_USER && rv == CKR_OK && !is("never-resets"))
        wrong = 0;
    return rv;
}

static CK_RV logout(CK_SESSION_HANDLE session) { return is("stays-logged-in") ? CKR_OK : inner->C_Logout(session); }

static CK_RV init_pin(CK_SESSION_HANDLE session, CK_UTF8CHAR *pin, CK_ULONG length) {
    if (is("cannot-restore"))
        return CKR_FUNCTION_FAILED;
    if (is("restores-old-pin"))
        return inner->C_InitPIN(session, (CK_UTF8CHAR *)getenv("CROOKED_PIN"), strlen(getenv("CROOKED_PIN")));
    CK_RV rv = inner->C_InitPIN(session, pin, length);
    if (rv == CKR_OK) {
        wrong = 0, restored = 1;
        remember_pin(pin, length);
    }
    return rv;
}

static CK_RV set_pin(CK_SESSION_HANDLE session, CK_UTF8CHAR *old, CK_ULONG old_length, CK_UTF8CHAR *pin,
                     CK_ULONG length) {
    if (is("any-length"))
        return CKR_OK;
    if (is("unlocks-itself") && wrong >= TRIES)
        wrong = 0;
    CK_RV rv = inner->C_SetPIN(session, old, old_length, pin, length);
    if (rv == CKR_OK)
        remember_pin(pin, length);
    return rv;
}

static CK_RV find_objects_init(CK_SESSION_HANDLE session, CK_ATTRIBUTE *template, CK_ULONG count) {
    asked_for_certificates = count == 1 && template[0].type == CKA_CLASS &&
                             *(CK_ULONG *)template[0].pValue == CKO_CERTIFICATE;
    return inner->C_FindObjectsInit(session, template, count);
}

static CK_RV find_objects(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE *found, CK_ULONG most, CK_ULONG *count) {
    CK_RV rv = inner->C_FindObjects(session, found, most, count);
    if (is("loses-the-certificate") && restored && asked_for_certificates)
        *count = 0;
    return rv;
}

static CK_RV sign(CK_SESSION_HANDLE session, CK_BYTE *data, CK_ULONG length, CK_BYTE *signature, CK_ULONG *room) {
    if (is("hangs"))
        pause();
    if (is("exits"))
        _exit(3);
    if (is("never-signs"))
        return CKR_FUNCTION_FAILED;
    if (is("crashes"))
        raise(SIGSEGV);
    CK_RV rv = inner->C_Sign(session, data, length, signature, room);
    if (is("signs-badly") && rv == CKR_OK && signature != NULL)
        signature[*room - 1] ^= 1;
    return rv;
}

__attribute__((visibility("default"))) CK_RV C_GetFunctionList(CK_FUNCTION_LIST **list) {
    CK_RV (*get)(CK_FUNCTION_LIST **) = NULL;
    void *library = dlopen(getenv("CROOKED_INNER"), RTLD_NOW);
    if (library == NULL)
        return CKR_GENERAL_ERROR;
    *(void **)&get = dlsym(library, "C_GetFunctionList");
    CK_RV rv = get(&inner);
    if (rv != CKR_OK)
        return rv;
    outer = *inner;
    outer.C_Initialize = initialize;
    outer.C_GetTokenInfo = get_token_info;
    outer.C_GetSlotList = get_slots;
    outer.C_GetAttributeValue = get_attributes;
    outer.C_GetMechanismList = get_mechanisms;
    outer.C_Login = login;
    outer.C_Logout = logout;
    outer.C_InitPIN = init_pin;
    outer.C_SetPIN = set_pin;
    outer.C_FindObjectsInit = find_objects_init;
    outer.C_FindObjects = find_objects;
    outer.C_Sign = sign;
    *list = &outer;
    return CKR_OK;
}
