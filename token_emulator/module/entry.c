/* The module's beginning and end, and the lists of its functions. */
#include <pthread.h>
#include <string.h>

#include "devices.h"
#include "functions.h"

#define EXPORTED __attribute__((visibility("default")))

static pthread_mutex_t starting = PTHREAD_MUTEX_INITIALIZER;

static void before_fork(void) {
    pthread_mutex_lock(&starting);
    devices_before_fork();
}

static void after_fork_in_parent(void) {
    devices_after_fork(false);
    pthread_mutex_unlock(&starting);
}

/* A child must call C_Initialize itself (PKCS#11 v2.40 §2.5.2); what its parent had open stays the parent's. */
static void after_fork_in_child(void) {
    devices_after_fork(true);
    pthread_mutex_unlock(&starting);
}

__attribute__((constructor)) static void watch_forks(void) {
    pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
}

/* CKF_OS_LOCKING_OK or NULL: the system's locks are used either way, because clients that say they have one thread
   turn out to have more. */
CK_RV C_Initialize(void *given) {
    const CK_C_INITIALIZE_ARGS *arguments = given;
    if (arguments != NULL) {
        int callbacks = (arguments->CreateMutex != NULL) + (arguments->DestroyMutex != NULL) +
                        (arguments->LockMutex != NULL) + (arguments->UnlockMutex != NULL);
        if (arguments->pReserved != NULL || callbacks % 4 != 0) return CKR_ARGUMENTS_BAD;
    }
    if (inner_gone()) return CKR_GENERAL_ERROR;
    pthread_mutex_lock(&starting);
    CK_RV rv = CKR_CRYPTOKI_ALREADY_INITIALIZED;
    if (!devices_ready()) {
        rv = inner_available() ? readers_start() : CKR_GENERAL_ERROR;
        if (rv == CKR_OK) devices_start();
    }
    pthread_mutex_unlock(&starting);
    return rv;
}

CK_RV C_Finalize(void *reserved) {
    if (reserved != NULL) return CKR_ARGUMENTS_BAD;
    pthread_mutex_lock(&starting);
    bool stopped = devices_stop();
    if (stopped) readers_stop();
    pthread_mutex_unlock(&starting);
    return stopped ? CKR_OK : CKR_CRYPTOKI_NOT_INITIALIZED;
}

CK_RV C_GetInfo(CK_INFO *info) {
    if (!devices_ready()) return CKR_CRYPTOKI_NOT_INITIALIZED;
    if (info == NULL) return CKR_ARGUMENTS_BAD;
    memset(info, 0, sizeof *info);
    info->cryptokiVersion = (CK_VERSION){2, 40};
    info->libraryVersion = (CK_VERSION){0, 1};
    put_text(info->manufacturerID, sizeof info->manufacturerID, "mockca (mo phong)");
    put_text(info->libraryDescription, sizeof info->libraryDescription, "mock token over SoftHSM2");
    return CKR_OK;
}

/* --- v3.0: what SoftHSM2 does not have ------------------------------------------------------------ */

CK_RV C_SessionCancel(CK_SESSION_HANDLE session, CK_FLAGS flags) {
    (void)session, (void)flags;
    return devices_ready() ? CKR_FUNCTION_NOT_SUPPORTED : CKR_CRYPTOKI_NOT_INITIALIZED;
}

#define NOTHING(name, parameters)
#define NOT_SUPPORTED(name)                                                                                          \
    CK_RV name(void) { return devices_ready() ? CKR_FUNCTION_NOT_SUPPORTED : CKR_CRYPTOKI_NOT_INITIALIZED; }
CK_FUNCTIONS_3_0(NOTHING, NOT_SUPPORTED)

/* --- the lists ------------------------------------------------------------------------------------ */

#define ENTRY(name, parameters) .name = name,
#define MESSAGE_ENTRY(name) .name = name,

static CK_FUNCTION_LIST list_2_40 = {.version = {2, 40}, CK_FUNCTIONS_2_40(ENTRY)};
static CK_FUNCTION_LIST_3_0 list_3_0 = {
    .version = {3, 0}, CK_FUNCTIONS_2_40(ENTRY) CK_FUNCTIONS_3_0(ENTRY, MESSAGE_ENTRY)};

static CK_UTF8CHAR interface_name[] = "PKCS 11";
static CK_INTERFACE interfaces[] = {{interface_name, &list_3_0, 0}, {interface_name, &list_2_40, 0}};
#define INTERFACES (sizeof interfaces / sizeof *interfaces)

EXPORTED CK_RV C_GetFunctionList(CK_FUNCTION_LIST **list) {
    if (list == NULL) return CKR_ARGUMENTS_BAD;
    *list = &list_2_40;
    return CKR_OK;
}

EXPORTED CK_RV C_GetInterfaceList(CK_INTERFACE *found, CK_ULONG *count) {
    if (count == NULL) return CKR_ARGUMENTS_BAD;
    CK_RV rv = found != NULL && *count < INTERFACES ? CKR_BUFFER_TOO_SMALL : CKR_OK;
    if (found != NULL && rv == CKR_OK) memcpy(found, interfaces, sizeof interfaces);
    *count = INTERFACES;
    return rv;
}

EXPORTED CK_RV C_GetInterface(CK_UTF8CHAR *name, CK_VERSION *version, CK_INTERFACE **found, CK_FLAGS flags) {
    if (found == NULL) return CKR_ARGUMENTS_BAD;
    for (size_t i = 0; i < INTERFACES; i++) {
        const CK_VERSION *offered = interfaces[i].pFunctionList; /* every list begins with its version */
        if (name != NULL && strcmp((const char *)name, (const char *)interface_name) != 0) continue;
        if (version != NULL && (version->major != offered->major || version->minor != offered->minor)) continue;
        if ((interfaces[i].flags & flags) != flags) continue;
        *found = &interfaces[i];
        return CKR_OK;
    }
    return CKR_FUNCTION_FAILED;
}
