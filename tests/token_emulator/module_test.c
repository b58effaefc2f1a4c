/*
 * An application in C with the module's sources linked in, to be built with sanitizers: what they find, leaks among
 * it, is a failure. MOCKTOKEN_HOME is a shelf with a device in reader 0 (user PIN 135790, SO PIN 24680246, three tries)
 * and a blank one in reader 1.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pkcs11.h"
#include "readers.h"
#include "seal.h"
#include "sha256.h"

CK_RV C_GetFunctionList(CK_FUNCTION_LIST **list);
CK_RV C_GetInterface(CK_UTF8CHAR *name, CK_VERSION *version, CK_INTERFACE **interface, CK_FLAGS flags);
CK_RV C_GetInterfaceList(CK_INTERFACE *interfaces, CK_ULONG *count);

static CK_FUNCTION_LIST *p11;

#define CHECK(expression, expected)                                                                                  \
    do {                                                                                                             \
        unsigned long is_ = (unsigned long)(expression);                                                             \
        if (is_ != (unsigned long)(expected)) {                                                                      \
            fprintf(stderr, "%s:%d: %s is 0x%lx\n", __FILE__, __LINE__, #expression, is_);                           \
            exit(1);                                                                                                 \
        }                                                                                                            \
    } while (0)

#define PIN(text) ((CK_UTF8CHAR *)(text)), sizeof(text) - 1
#define RW (CKF_SERIAL_SESSION | CKF_RW_SESSION)

static CK_SESSION_HANDLE open_session(CK_SLOT_ID slot) {
    CK_SESSION_HANDLE session = 0;
    CHECK(p11->C_OpenSession(slot, RW, NULL, NULL, &session), CKR_OK);
    return session;
}

static CK_OBJECT_HANDLE find_key(CK_SESSION_HANDLE session) {
    CK_ULONG private_key = 3, count = 0;
    CK_ATTRIBUTE wanted = {0, &private_key, sizeof private_key};
    CK_OBJECT_HANDLE key = 0;
    CHECK(p11->C_FindObjectsInit(session, &wanted, 1), CKR_OK);
    CHECK(p11->C_FindObjects(session, &key, 1, &count), CKR_OK);
    CHECK(p11->C_FindObjectsFinal(session), CKR_OK);
    CHECK(count, 1);
    return key;
}

static void sign(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key) {
    CK_MECHANISM ecdsa = {0x1041, NULL, 0};
    CK_BYTE digest[32] = {1}, signature[64];
    CK_ULONG length = sizeof signature;
    CHECK(p11->C_SignInit(session, &ecdsa, key), CKR_OK);
    CHECK(p11->C_Sign(session, digest, sizeof digest, signature, &length), CKR_OK);
}

static void check_digests(void) {
    static const uint8_t expected[32] = { /* RFC 7914 §11: PBKDF2-HMAC-SHA-256 (P="passwd", S="salt", c=1) */
        0x55, 0xac, 0x04, 0x6e, 0x56, 0xe3, 0x08, 0x9f, 0xec, 0x16, 0x91, 0xc2, 0x25, 0x44, 0xb6, 0x05,
        0xf9, 0x41, 0x85, 0x21, 0x6d, 0xde, 0x04, 0x65, 0xe6, 0x8b, 0x9d, 0x57, 0xc2, 0x0d, 0xac, 0xbc};
    uint8_t key[32];
    pbkdf2("passwd", 6, "salt", 4, 1, key);
    CHECK(memcmp(key, expected, sizeof key), 0);
}

static void check_seals(void) {
    struct seal seal;
    char secret[64], opened[64];
    memset(secret, 's', sizeof secret);
    for (size_t length = 1; length <= sizeof secret; length += 21) {
        CHECK(seal_close(&seal, SO, PIN("1234"), secret, length), true);
        CHECK(seal_open(&seal, SO, PIN("1235"), opened, length), false);
        CHECK(seal_open(&seal, USER, PIN("1234"), opened, length), false);
        CHECK(seal_open(&seal, SO, PIN("1234"), opened, length + 1), false);
        CHECK(seal_open(&seal, SO, PIN("1234"), opened, length), true);
        CHECK(memcmp(secret, opened, length), 0);
        seal.text[length - 1] ^= 1;
        CHECK(seal_open(&seal, SO, PIN("1234"), opened, length), false);
    }
    CHECK(seal_close(&seal, SO, PIN("1234"), secret, sizeof seal.text + 1), false);
}

static void check_interfaces(void) {
    CK_INTERFACE found[2], *one;
    CK_ULONG count = 0;
    CK_VERSION old = {2, 40}, unknown = {9, 9};
    CHECK(C_GetInterfaceList(NULL, NULL), CKR_ARGUMENTS_BAD);
    CHECK(C_GetInterfaceList(NULL, &count), CKR_OK);
    CHECK(count, 2);
    count = 1;
    CHECK(C_GetInterfaceList(found, &count), CKR_BUFFER_TOO_SMALL);
    CHECK(C_GetInterfaceList(found, &count), CKR_OK);
    CHECK(C_GetInterface(NULL, NULL, &one, 0), CKR_OK);
    CHECK(((CK_VERSION *)one->pFunctionList)->major, 3);
    CHECK(C_GetInterface((CK_UTF8CHAR *)"PKCS 11", &old, &one, 0), CKR_OK);
    CHECK(one->pFunctionList == p11, 1);
    CHECK(C_GetInterface((CK_UTF8CHAR *)"Vendor", NULL, &one, 0), CKR_FUNCTION_FAILED);
    CHECK(C_GetInterface(NULL, &unknown, &one, 0), CKR_FUNCTION_FAILED);
    CHECK(C_GetInterface(NULL, NULL, &one, 1), CKR_FUNCTION_FAILED);
    CHECK(C_GetInterface(NULL, NULL, NULL, 0), CKR_ARGUMENTS_BAD);
}

static void check_beginning_and_end(void) {
    CK_INFO info;
    CK_C_INITIALIZE_ARGS half = {.LockMutex = (CK_RV(*)(void *))1};
    CHECK(p11->C_GetInfo(&info), CKR_CRYPTOKI_NOT_INITIALIZED);
    CHECK(p11->C_Finalize(NULL), CKR_CRYPTOKI_NOT_INITIALIZED);
    CHECK(p11->C_Initialize(&half), CKR_ARGUMENTS_BAD);
    CHECK(p11->C_Initialize(NULL), CKR_OK);
    CHECK(p11->C_Initialize(NULL), CKR_CRYPTOKI_ALREADY_INITIALIZED);
    CHECK(p11->C_GetInfo(NULL), CKR_ARGUMENTS_BAD);
    CHECK(p11->C_GetInfo(&info), CKR_OK);
    CHECK(p11->C_Finalize(&info), CKR_ARGUMENTS_BAD);
    CHECK(p11->C_Finalize(NULL), CKR_OK);
}

static void check_slots(void) {
    CK_SLOT_ID slots[READERS];
    CK_ULONG count = 1;
    CK_SLOT_INFO slot;
    CK_TOKEN_INFO token;
    CK_MECHANISM_INFO mechanism;
    CHECK(p11->C_GetSlotList(CK_FALSE, slots, NULL), CKR_ARGUMENTS_BAD);
    CHECK(p11->C_GetSlotList(CK_FALSE, slots, &count), CKR_BUFFER_TOO_SMALL);
    CHECK(count, READERS);
    CHECK(p11->C_GetSlotList(CK_TRUE, slots, &count), CKR_OK);
    CHECK(count, 2);
    CHECK(p11->C_GetSlotInfo(READERS, &slot), CKR_SLOT_ID_INVALID);
    CHECK(p11->C_GetSlotInfo(0, NULL), CKR_ARGUMENTS_BAD);
    CHECK(p11->C_GetTokenInfo(READERS, &token), CKR_SLOT_ID_INVALID);
    CHECK(p11->C_GetTokenInfo(0, NULL), CKR_ARGUMENTS_BAD);
    CHECK(p11->C_GetTokenInfo(2, &token), CKR_TOKEN_NOT_PRESENT);
    CHECK(p11->C_GetMechanismInfo(2, 0x1041, &mechanism), CKR_TOKEN_NOT_PRESENT);
    CHECK(p11->C_GetMechanismInfo(0, 0x1041, &mechanism), CKR_OK);
    CHECK(p11->C_GetMechanismList(READERS, NULL, &count), CKR_SLOT_ID_INVALID);
    CHECK(p11->C_GetMechanismList(0, NULL, &count), CKR_OK);
    CHECK(p11->C_WaitForSlotEvent(CKF_DONT_BLOCK, NULL, NULL), CKR_ARGUMENTS_BAD);
    CHECK(p11->C_WaitForSlotEvent(CKF_DONT_BLOCK, slots, NULL), CKR_NO_EVENT);
    CHECK(p11->C_OpenSession(0, RW, NULL, NULL, NULL), CKR_ARGUMENTS_BAD);
    CHECK(p11->C_OpenSession(0, 0, NULL, NULL, slots), CKR_SESSION_PARALLEL_NOT_SUPPORTED);
    CHECK(p11->C_OpenSession(1, RW, NULL, NULL, slots), CKR_TOKEN_NOT_RECOGNIZED);
    CHECK(p11->C_CloseAllSessions(READERS), CKR_SLOT_ID_INVALID);
}

static void check_lockout(void) {
    CK_SESSION_HANDLE session = open_session(0), second;
    CHECK(p11->C_Login(session, 9, PIN("135790")), CKR_USER_TYPE_INVALID);
    CHECK(p11->C_Login(session, CKU_USER, PIN("000000")), CKR_PIN_INCORRECT);
    CHECK(p11->C_Login(session, CKU_USER, PIN("000000")), CKR_PIN_INCORRECT);
    CHECK(p11->C_Login(session, CKU_USER, PIN("000000")), CKR_PIN_LOCKED);
    CHECK(p11->C_Login(session, CKU_USER, PIN("135790")), CKR_PIN_LOCKED);
    CHECK(p11->C_Login(session, CKU_SO, PIN("24680246")), CKR_OK);
    CHECK(p11->C_InitPIN(session, PIN("975310")), CKR_OK);
    CHECK(p11->C_Logout(session), CKR_OK);
    CHECK(p11->C_SetPIN(session, PIN("975310"), PIN("135790")), CKR_OK);
    CHECK(p11->C_Login(session, CKU_USER, PIN("135790")), CKR_OK);
    sign(session, find_key(session));
    second = open_session(0);
    CHECK(p11->C_CloseSession(session), CKR_OK);
    CHECK(p11->C_CloseSession(session), CKR_SESSION_HANDLE_INVALID);
    sign(second, find_key(second));
    CHECK(p11->C_CloseAllSessions(0), CKR_OK);
    CHECK(p11->C_Logout(second), CKR_SESSION_HANDLE_INVALID);
    CHECK(p11->C_Logout(0), CKR_SESSION_HANDLE_INVALID);
    for (int i = 0; i < 200; i++) session = open_session(0);
    CHECK(p11->C_CloseAllSessions(0), CKR_OK);
}

static void check_blank_token(void) {
    CK_UTF8CHAR label[32];
    memset(label, ' ', sizeof label);
    CHECK(p11->C_InitToken(1, PIN("24680246"), NULL), CKR_ARGUMENTS_BAD);
    CHECK(p11->C_InitToken(1, PIN("1"), label), CKR_PIN_LEN_RANGE);
    CHECK(p11->C_InitToken(1, PIN("24680246"), label), CKR_OK);
    CK_SESSION_HANDLE session = open_session(1);
    CHECK(p11->C_Login(session, CKU_USER, PIN("135790")), CKR_USER_PIN_NOT_INITIALIZED);
    CHECK(p11->C_Login(session, CKU_SO, PIN("24680246")), CKR_OK);
    CHECK(p11->C_InitPIN(session, PIN("135790")), CKR_OK);
    CHECK(p11->C_InitToken(1, PIN("24680246"), label), CKR_SESSION_EXISTS);
    CHECK(p11->C_CloseSession(session), CKR_OK);
    CHECK(p11->C_InitToken(1, PIN("24680246"), label), CKR_OK);
    session = open_session(1);
    CHECK(p11->C_Login(session, CKU_USER, PIN("135790")), CKR_USER_PIN_NOT_INITIALIZED);
}

static void check_v3(void) {
    CK_INTERFACE *found;
    CK_VERSION version = {3, 0};
    CHECK(C_GetInterface(NULL, &version, &found, 0), CKR_OK);
    CK_FUNCTION_LIST_3_0 *v3 = found->pFunctionList;
    CK_SESSION_HANDLE session = open_session(0);
    CHECK(v3->C_LoginUser(session, CKU_USER, PIN("135790"), PIN("an")), CKR_ARGUMENTS_BAD);
    CHECK(v3->C_LoginUser(session, CKU_USER, PIN("000000"), NULL, 0), CKR_PIN_INCORRECT);
    CHECK(v3->C_LoginUser(session, CKU_USER, PIN("135790"), NULL, 0), CKR_OK);
    CHECK(v3->C_SessionCancel(session, 0), CKR_FUNCTION_NOT_SUPPORTED);
    CHECK(v3->C_SignMessage(), CKR_FUNCTION_NOT_SUPPORTED);
    CHECK(v3->C_CloseSession(session), CKR_OK);
}

static void *work(void *unused) {
    (void)unused;
    for (int i = 0; i < 20; i++) {
        CK_SESSION_HANDLE session = open_session(0);
        CK_RV rv = p11->C_Login(session, CKU_USER, PIN("135790"));
        CHECK(rv == CKR_OK || rv == CKR_USER_ALREADY_LOGGED_IN, 1);
        sign(session, find_key(session));
        CHECK(p11->C_CloseSession(session), CKR_OK);
    }
    return NULL;
}

static void check_threads(void) {
    pthread_t threads[16];
    CK_SESSION_HANDLE kept = open_session(0); /* so that nobody's closing logs the others out */
    CHECK(p11->C_Login(kept, CKU_USER, PIN("135790")), CKR_OK);
    for (int i = 0; i < 16; i++) CHECK(pthread_create(&threads[i], NULL, work, NULL), 0);
    for (int i = 0; i < 16; i++) pthread_join(threads[i], NULL);
    CHECK(p11->C_CloseAllSessions(0), CKR_OK);
}

static void check_fork(void) {
    CK_SESSION_HANDLE session = open_session(0);
    CHECK(p11->C_Login(session, CKU_USER, PIN("135790")), CKR_OK);
    pid_t child = fork();
    if (child == 0) {
        CHECK(p11->C_Logout(session), CKR_CRYPTOKI_NOT_INITIALIZED);
        CHECK(p11->C_Initialize(NULL), CKR_OK);
        session = open_session(0);
        CHECK(p11->C_Login(session, CKU_USER, PIN("135790")), CKR_OK);
        CHECK(p11->C_Finalize(NULL), CKR_OK);
        _exit(0); /* what the parent had open is unreachable here, and is no leak of the child's */
    }
    int status = -1;
    CHECK(waitpid(child, &status, 0) == child, 1);
    CHECK(status, 0);
    sign(session, find_key(session));
    CHECK(p11->C_CloseSession(session), CKR_OK);
}

static void check_removal(void) {
    CK_SESSION_HANDLE one = open_session(0), two = open_session(0);
    char serial[SERIAL_LENGTH + 1];
    uint32_t counter;
    CK_SLOT_ID slot;
    CHECK(readers_device(0, serial, &counter), true);
    readers_pull(0, counter);
    CHECK(p11->C_Logout(one), CKR_DEVICE_REMOVED);
    CHECK(p11->C_Logout(one), CKR_SESSION_HANDLE_INVALID);
    CHECK(p11->C_WaitForSlotEvent(0, &slot, NULL), CKR_OK);
    CHECK(slot, 0);
    CHECK(p11->C_OpenSession(0, RW, NULL, NULL, &one), CKR_TOKEN_NOT_PRESENT);
    (void)two; /* stays open: C_Finalize must clear it away */
}

int main(void) {
    CHECK(C_GetFunctionList(NULL), CKR_ARGUMENTS_BAD);
    CHECK(C_GetFunctionList(&p11), CKR_OK);
    check_digests();
    check_seals();
    check_interfaces();
    check_beginning_and_end();
    CHECK(p11->C_Initialize(NULL), CKR_OK);
    check_slots();
    check_lockout();
    check_blank_token();
    check_v3();
    check_threads();
    check_fork();
    check_removal();
    CHECK(p11->C_Finalize(NULL), CKR_OK);
    return 0;
}
