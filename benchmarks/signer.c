/*
 * signer MODULE PIN MECHANISM SIGNATURES: start a PKCS#11 module, log in, sign; print what each took.
 * MECHANISM in hexadecimal: 1041 ECDSA, 1 RSA PKCS#1 v1.5. Output, in microseconds:
 *   initialise (wall)  list (wall: slots and the info of every token)  login (wall)  one signature (CPU time)
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "pkcs11.h"

static double now(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

static void need(CK_RV rv, const char *what) {
    if (rv == CKR_OK) return;
    fprintf(stderr, "%s: 0x%lx\n", what, rv);
    exit(2);
}

int main(int count, char **words) {
    if (count != 5) return 2;
    void *library = dlopen(words[1], RTLD_NOW | RTLD_LOCAL);
    CK_RV (*list)(CK_FUNCTION_LIST **) = NULL;
    CK_FUNCTION_LIST *p11;
    if (library == NULL) return fprintf(stderr, "%s\n", dlerror()), 2;
    *(void **)&list = dlsym(library, "C_GetFunctionList");
    need(list(&p11), "C_GetFunctionList");

    CK_C_INITIALIZE_ARGS arguments = {.flags = CKF_OS_LOCKING_OK};
    double begun = now(CLOCK_MONOTONIC);
    need(p11->C_Initialize(&arguments), "C_Initialize");
    double initialised = now(CLOCK_MONOTONIC) - begun;

    static CK_SLOT_ID slots[2048];
    CK_ULONG found = sizeof slots / sizeof *slots;
    CK_TOKEN_INFO info;
    CK_SLOT_ID slot = 0;
    begun = now(CLOCK_MONOTONIC);
    need(p11->C_GetSlotList(CK_TRUE, slots, &found), "C_GetSlotList");
    for (CK_ULONG i = found; i-- > 0;) {
        need(p11->C_GetTokenInfo(slots[i], &info), "C_GetTokenInfo");
        if (info.flags & CKF_USER_PIN_INITIALIZED) slot = slots[i];
    }
    double listed = now(CLOCK_MONOTONIC) - begun;

    CK_SESSION_HANDLE session;
    begun = now(CLOCK_MONOTONIC);
    need(p11->C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &session), "C_OpenSession");
    need(p11->C_Login(session, CKU_USER, (CK_UTF8CHAR *)words[2], strlen(words[2])), "C_Login");
    double logged_in = now(CLOCK_MONOTONIC) - begun;

    CK_ULONG private_key = 3, keys = 0;
    CK_ATTRIBUTE wanted = {0, &private_key, sizeof private_key};
    CK_OBJECT_HANDLE key;
    CK_MECHANISM mechanism = {strtoul(words[3], NULL, 16), NULL, 0};
    CK_BYTE digest[32] = {1}, signature[512];
    need(p11->C_FindObjectsInit(session, &wanted, 1), "C_FindObjectsInit");
    need(p11->C_FindObjects(session, &key, 1, &keys), "C_FindObjects");
    need(p11->C_FindObjectsFinal(session), "C_FindObjectsFinal");
    int signatures = atoi(words[4]);
    double spent = 0;
    for (int i = -2; keys == 1 && i < signatures; i++) { /* the first ones open the key's file */
        CK_ULONG length = sizeof signature;
        if (i == 0) spent = now(CLOCK_PROCESS_CPUTIME_ID);
        need(p11->C_SignInit(session, &mechanism, key), "C_SignInit");
        need(p11->C_Sign(session, digest, sizeof digest, signature, &length), "C_Sign");
    }
    spent = now(CLOCK_PROCESS_CPUTIME_ID) - spent;
    printf("%.1f %.1f %.1f %.2f\n", initialised, listed, logged_in, signatures ? spent / signatures : 0);
    return p11->C_Finalize(NULL) == CKR_OK ? 0 : 2;
}
