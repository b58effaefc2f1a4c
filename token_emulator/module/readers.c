#include "readers.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct reader {
    _Atomic uint32_t counter; /* grows with each plugging and pulling; odd: a device is in */
    uint32_t reserved;
    char serial[SERIAL_LENGTH];
};

struct readers {
    char magic[8];
    uint32_t count, reserved;
    struct reader reader[READERS];
};

_Static_assert(sizeof(struct readers) == 208, "the layout that readers.py has too");

/* How long a waiting call may fail to notice that the module was finalised. */
#define LOOK_AGAIN_MS 100

static struct readers own_reader; /* with MOCKTOKEN_DEVICE */
static struct readers *readers;
static char home[3072];
static _Atomic uint32_t seen[READERS]; /* counters that events have told of */
static _Atomic unsigned lifetime; /* odd while started */

static bool find_home(void) {
    const char *variable = getenv("MOCKTOKEN_HOME"), *user = getenv("HOME"), *data = getenv("XDG_DATA_HOME");
    int length;
    if (variable && *variable)
        length = snprintf(home, sizeof home, "%s", variable);
    else if (data && *data)
        length = snprintf(home, sizeof home, "%s/mocktoken", data);
    else
        length = snprintf(home, sizeof home, "%s/.local/share/mocktoken", user ? user : "");
    /* SoftHSM2's configuration is a line with the folder's name in it. */
    if (length < 0 || (size_t)length >= sizeof home || strpbrk(home, "#\r\n")) {
        complain("the shelf's folder name is too long, or has # or a line end in it");
        return false;
    }
    return true;
}

static bool is_serial(const char *text) {
    return strlen(text) == SERIAL_LENGTH && strspn(text, "0123456789abcdef") == SERIAL_LENGTH;
}

static CK_RV map_shared(void) {
    char path[4096];
    snprintf(path, sizeof path, "%s/readers", home);
    int file = open(path, O_RDWR | O_CLOEXEC);
    if (file < 0) file = open(path, O_RDONLY | O_CLOEXEC);
    struct stat found;
    void *map = MAP_FAILED;
    if (file >= 0 && fstat(file, &found) == 0 && found.st_size == (off_t)sizeof *readers)
        map = mmap(NULL, sizeof *readers, PROT_READ, MAP_SHARED, file, 0);
    if (file >= 0) close(file);
    if (map == MAP_FAILED) {
        complain("no shelf of devices in %s: set MOCKTOKEN_HOME to one (mockca token env prints the line)", home);
        return CKR_GENERAL_ERROR;
    }
    readers = map;
    if (memcmp(readers->magic, READERS_MAGIC, sizeof readers->magic) == 0 && readers->count == READERS) return CKR_OK;
    complain("%s is not a list of readers", path);
    munmap(map, sizeof *readers);
    readers = NULL;
    return CKR_GENERAL_ERROR;
}

CK_RV readers_start(void) {
    const char *device = getenv("MOCKTOKEN_DEVICE");
    if (!find_home()) return CKR_GENERAL_ERROR;
    if (device && *device) {
        if (!is_serial(device)) {
            complain("MOCKTOKEN_DEVICE is not a serial of 16 hexadecimal digits");
            return CKR_GENERAL_ERROR;
        }
        memset(&own_reader, 0, sizeof own_reader);
        own_reader.count = 1;
        own_reader.reader[0].counter = 1;
        memcpy(own_reader.reader[0].serial, device, SERIAL_LENGTH);
        readers = &own_reader;
    } else {
        CK_RV rv = map_shared();
        if (rv != CKR_OK) return rv;
    }
    for (unsigned i = 0; i < READERS; i++) seen[i] = readers->reader[i].counter;
    lifetime += 1;
    return CKR_OK;
}

void readers_stop(void) {
    lifetime += 1;
    /* Not unmapped: a thread may be looking. The next start maps anew; a page is lost. */
}

unsigned readers_count(void) { return readers->count; }

bool readers_device(unsigned number, char serial[SERIAL_LENGTH + 1], uint32_t *counter) {
    struct reader *reader = &readers->reader[number];
    do {
        *counter = atomic_load(&reader->counter);
        if (*counter % 2 == 0) return false;
        memcpy(serial, reader->serial, SERIAL_LENGTH);
        atomic_thread_fence(memory_order_acquire);
    } while (atomic_load(&reader->counter) != *counter);
    serial[SERIAL_LENGTH] = '\0';
    return is_serial(serial);
}

bool readers_still(unsigned reader, uint32_t counter) {
    return atomic_load_explicit(&readers->reader[reader].counter, memory_order_acquire) == counter;
}

void readers_pull(unsigned number, uint32_t counter) {
    if (readers == &own_reader) {
        own_reader.reader[number].counter = counter + 1;
        return;
    }
    char path[4096];
    snprintf(path, sizeof path, "%s/readers", home);
    int file = open(path, O_RDWR | O_CLOEXEC);
    if (file < 0 || flock(file, LOCK_EX) != 0) complain("%s cannot be locked: %s", path, strerror(errno));
    if (file < 0) return;
    uint32_t next = counter + 1;
    off_t place = (off_t)(offsetof(struct readers, reader) + number * sizeof(struct reader));
    if (readers_still(number, counter) && pwrite(file, &next, sizeof next, place) != (ssize_t)sizeof next)
        complain("%s cannot be written: %s", path, strerror(errno));
    flock(file, LOCK_UN);
    close(file);
}

static bool take_event(CK_SLOT_ID *slot) {
    for (unsigned i = 0; i < readers->count; i++) {
        uint32_t now = readers->reader[i].counter, told = seen[i];
        if (now == told || !atomic_compare_exchange_strong(&seen[i], &told, now)) continue;
        *slot = i;
        return true;
    }
    return false;
}

CK_RV readers_wait(bool block, CK_SLOT_ID *slot) {
    if (!block) return take_event(slot) ? CKR_OK : CKR_NO_EVENT;
    unsigned started = lifetime;
    char path[4096];
    snprintf(path, sizeof path, "%s/readers", home);
    int watch = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (watch >= 0) inotify_add_watch(watch, path, IN_MODIFY);
    CK_RV rv = CKR_CRYPTOKI_NOT_INITIALIZED;
    while (lifetime == started) {
        if (take_event(slot)) {
            rv = CKR_OK;
            break;
        }
        struct pollfd ready = {.fd = watch, .events = POLLIN};
        char events[1024];
        if (poll(&ready, 1, LOOK_AGAIN_MS) > 0 && read(watch, events, sizeof events) < 0 && errno != EAGAIN) break;
    }
    if (watch >= 0) close(watch);
    return rv;
}

bool readers_folder(const char *serial, char *folder, size_t room) {
    int length = snprintf(folder, room, "%s/devices/%s", home, serial);
    return length > 0 && (size_t)length < room;
}
