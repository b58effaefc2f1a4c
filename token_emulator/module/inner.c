#include "inner.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "seal.h"

#ifndef SOFTHSM_PATHS
#error "SOFTHSM_PATHS: where libsofthsm2.so may be, separated by colons; building.py gives it"
#endif

extern char **environ;

static struct inner *pool;
static pthread_mutex_t pool_lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned copies;
static atomic_bool gone;

bool inner_gone(void) { return gone; }

static void at_the_end(void) { gone = true; }

static bool softhsm_path(char *path, size_t room) {
    const char *variable = getenv("MOCKTOKEN_SOFTHSM");
    const char *paths = variable && *variable ? variable : SOFTHSM_PATHS;
    while (*paths) {
        size_t length = strcspn(paths, ":");
        if ((size_t)snprintf(path, room, "%.*s", (int)length, paths) < room && access(path, R_OK) == 0) return true;
        paths += length + (paths[length] == ':');
    }
    complain("libsofthsm2.so is not on this machine. Type: sudo apt-get install softhsm2");
    return false;
}

bool inner_available(void) {
    char path[4096];
    return softhsm_path(path, sizeof path);
}

/* Two of a kind in one process would be one to the linker, so each is loaded from a copy in memory. The same keeps
   apart this module and a SoftHSM2 that the application has loaded by itself. */
static void *load_copy(void) {
    char path[4096], name[256];
    if (!softhsm_path(path, sizeof path)) return NULL;
    int from = open(path, O_RDONLY | O_CLOEXEC), to = memfd_create("softhsm2", MFD_CLOEXEC);
    struct stat size;
    void *library = NULL;
    if (from >= 0 && to >= 0 && fstat(from, &size) == 0) {
        while (size.st_size > 0) {
            ssize_t sent = sendfile(to, from, NULL, (size_t)size.st_size);
            if (sent <= 0) break;
            size.st_size -= sent;
        }
        /* The linker knows libraries by their names too, and a number may come again: so many dots, so many copies. */
        int length = snprintf(name, sizeof name, "/proc/self/fd/");
        for (unsigned i = 0; i < copies % 100; i++) length += snprintf(name + length, sizeof name - (size_t)length, "./");
        snprintf(name + length, sizeof name - (size_t)length, "%d", to);
        library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
        copies += 1;
    }
    if (library == NULL) complain("SoftHSM2 cannot be loaded: %s", from < 0 || to < 0 ? strerror(errno) : dlerror());
    if (from >= 0) close(from);
    if (to >= 0) close(to);
    /* Registered after the library's own: so run before them. An application that comes back at its very end, as
       OpenSSL's engine does, finds the module closed instead of a SoftHSM2 that is half taken down. */
    if (library != NULL) atexit(at_the_end);
    return library;
}

static struct inner *take_from_pool(void) {
    pthread_mutex_lock(&pool_lock);
    struct inner *inner = pool;
    if (inner != NULL) pool = inner->next;
    pthread_mutex_unlock(&pool_lock);
    return inner;
}

static void put_into_pool(struct inner *inner) {
    pthread_mutex_lock(&pool_lock);
    inner->next = pool;
    pool = inner;
    pthread_mutex_unlock(&pool_lock);
}

static struct inner *load(void) {
    void *library = load_copy();
    struct inner *inner = library ? calloc(1, sizeof *inner) : NULL;
    if (inner == NULL) return NULL;
    CK_RV (*list)(CK_FUNCTION_LIST **) = NULL;
    *(void **)&list = dlsym(library, "C_GetFunctionList");
    if (list != NULL && list(&inner->call) == CKR_OK) return inner;
    complain("SoftHSM2 has no function list");
    free(inner);
    return NULL;
}

/* C_Initialize with that configuration. The variable must not stay: it would change what a SoftHSM2 that the
   application loads by itself finds. And setenv may pull the environment from under threads that read it, so they get
   another whole one for the time, never freed. */
static CK_RV initialise(struct inner *inner, const char *configuration) {
    static char **ours;
    static size_t room;
    static char variable[64];
    size_t count = 0, next = 1;
    char **before = environ;
    while (before && before[count]) count++;
    if (count + 2 > room) {
        ours = malloc((count + 64) * sizeof *ours);
        if (ours == NULL) return CKR_HOST_MEMORY;
        room = count + 64;
    }
    snprintf(variable, sizeof variable, "SOFTHSM2_CONF=%s", configuration);
    ours[0] = variable;
    for (size_t i = 0; i < count; i++)
        if (strncmp(before[i], "SOFTHSM2_CONF=", 14) != 0) ours[next++] = before[i];
    ours[next] = NULL;
    CK_C_INITIALIZE_ARGS arguments = {.flags = CKF_OS_LOCKING_OK};
    environ = ours;
    CK_RV rv = inner->call->C_Initialize(&arguments);
    if (environ == ours) environ = before;
    return rv;
}

static CK_RV find_slot(struct inner *inner) {
    CK_SLOT_ID slots[2];
    CK_ULONG count = 2;
    CK_RV rv = inner->call->C_GetSlotList(CK_TRUE, slots, &count);
    if (rv != CKR_OK) return rv;
    for (CK_ULONG i = 0; i < count; i++) { /* the token comes before the blank slot that SoftHSM2 always adds */
        CK_TOKEN_INFO info;
        inner->slot = slots[i];
        if (inner->call->C_GetTokenInfo(slots[i], &info) == CKR_OK && info.flags & CKF_TOKEN_INITIALIZED) break;
    }
    return count > 0 ? CKR_OK : CKR_TOKEN_NOT_PRESENT;
}

struct inner *inner_start(const char *folder) {
    struct inner *inner = take_from_pool();
    if (inner == NULL) inner = load();
    if (inner == NULL) return NULL;
    char text[4200], name[40];
    int length = snprintf(text, sizeof text, "directories.tokendir = %s/store\nobjectstore.backend = file\nlog.level = ERROR\n",
                          folder);
    int file = memfd_create("softhsm2.conf", MFD_CLOEXEC);
    CK_RV rv = CKR_GENERAL_ERROR;
    if (file >= 0 && length < (int)sizeof text && write(file, text, (size_t)length) == length) {
        snprintf(name, sizeof name, "/proc/self/fd/%d", file);
        rv = initialise(inner, name);
    }
    if (file >= 0) close(file);
    if (rv == CKR_OK && (rv = find_slot(inner)) != CKR_OK) inner->call->C_Finalize(NULL);
    if (rv == CKR_OK) return inner;
    complain("SoftHSM2 cannot be started for %s: 0x%lx", folder, rv);
    put_into_pool(inner);
    return NULL;
}

void inner_stop(struct inner *inner) {
    if (!gone) inner->call->C_Finalize(NULL);
    put_into_pool(inner);
}

void inner_forget(void) {
    /* Threads of the parent may have been inside: not even finalising is safe. */
    pthread_mutex_init(&pool_lock, NULL);
    pool = NULL;
}

bool inner_make_pin(char pin[INNER_PIN]) {
    uint8_t octets[INNER_PIN / 2];
    if (!seal_random(octets, sizeof octets)) return false;
    for (size_t i = 0; i < sizeof octets; i++) {
        pin[2 * i] = "0123456789abcdef"[octets[i] >> 4];
        pin[2 * i + 1] = "0123456789abcdef"[octets[i] & 15];
    }
    wipe(octets, sizeof octets);
    return true;
}

/* --- SoftHSM2's files ---------------------------------------------------------------------------- */

/* The folder that SoftHSM2 made in `folder`/store. */
static bool token_folder(const char *folder, char *path, size_t room) {
    char store[4096];
    snprintf(store, sizeof store, "%s/store", folder);
    DIR *list = opendir(store);
    bool found = false;
    for (struct dirent *entry; list && !found && (entry = readdir(list));)
        if (entry->d_name[0] != '.')
            found = (size_t)snprintf(path, room, "%s/%s", store, entry->d_name) < room;
    if (list) closedir(list);
    return found;
}

static CK_RV copy_file(const char *from_path, const char *to_path) {
    char draft[4400], octets[8192];
    snprintf(draft, sizeof draft, "%s.new", to_path);
    int from = open(from_path, O_RDONLY | O_CLOEXEC);
    int to = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    ssize_t got = -1;
    bool good = from >= 0 && to >= 0;
    while (good && (got = read(from, octets, sizeof octets)) > 0) good = write(to, octets, (size_t)got) == got;
    if (from >= 0) close(from);
    if (to >= 0) close(to);
    if (good && got == 0 && rename(draft, to_path) == 0) return CKR_OK;
    complain("%s cannot be copied: %s", from_path, strerror(errno));
    return CKR_DEVICE_ERROR;
}

CK_RV inner_keep_copy(const char *folder) {
    char token[4200], object[4300], kept[4200];
    if (!token_folder(folder, token, sizeof token)) return CKR_DEVICE_ERROR;
    snprintf(object, sizeof object, "%s/token.object", token);
    snprintf(kept, sizeof kept, "%s/token.copy", folder);
    return copy_file(object, kept);
}

CK_RV inner_repair(const char *folder) {
    char token[4200], object[4300], kept[4200];
    struct stat copy, now;
    snprintf(kept, sizeof kept, "%s/token.copy", folder);
    if (stat(kept, &copy) != 0 || !token_folder(folder, token, sizeof token)) return CKR_OK;
    snprintf(object, sizeof object, "%s/token.object", token);
    if (stat(object, &now) == 0 && now.st_size >= copy.st_size) return CKR_OK;
    return copy_file(kept, object);
}

void inner_clear(const char *folder) {
    char token[4200], path[4500];
    while (token_folder(folder, token, sizeof token)) {
        DIR *list = opendir(token);
        for (struct dirent *entry; list && (entry = readdir(list));) {
            snprintf(path, sizeof path, "%s/%s", token, entry->d_name);
            unlink(path);
        }
        if (list) closedir(list);
        if (rmdir(token) != 0) return;
    }
}
