/* The record of a device, and its lock. */
#include "state.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* Held with every lock on a record. It keeps threads apart, and makes fork wait: a forked child would share the locked
   file description, and a killed parent would leave the lock with it. */
static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;

void wipe(void *memory, size_t length) { explicit_bzero(memory, length); }

void complain(const char *format, ...) {
    char line[512];
    va_list values;
    va_start(values, format);
    vsnprintf(line, sizeof line, format, values);
    va_end(values);
    fprintf(stderr, "mocktoken: %s\n", line);
}

static int open_state(const char *folder, int flags) {
    char path[4096];
    if ((size_t)snprintf(path, sizeof path, "%s/state", folder) >= sizeof path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    return open(path, flags | O_CLOEXEC);
}

static bool believable(const struct record *record) {
    return memcmp(record->magic, STATE_MAGIC, sizeof record->magic) == 0 && record->max_tries[USER] > 0 &&
           record->max_tries[SO] > 0 && record->failures[USER] <= record->max_tries[USER] &&
           record->failures[SO] <= record->max_tries[SO] && record->seals[USER].length <= sizeof record->seals[0].text &&
           record->seals[SO].length <= sizeof record->seals[0].text;
}

static bool lock_file(int file, int operation) {
    while (flock(file, operation) != 0)
        if (errno != EINTR) return false;
    return true;
}

CK_RV state_lock(struct guard *guard, const char *folder, enum access access) {
    pthread_mutex_lock(&one_at_a_time);
    /* Opened anew each time: a description that was there before a fork would be shared with the other process. */
    guard->file = open_state(folder, access == EXCLUSIVE ? O_RDWR : O_RDONLY);
    if (guard->file < 0) {
        CK_RV rv = errno == ENOENT || errno == ENOTDIR ? CKR_DEVICE_REMOVED : CKR_DEVICE_ERROR;
        if (rv == CKR_DEVICE_ERROR) complain("%s/state cannot be opened: %s", folder, strerror(errno));
        pthread_mutex_unlock(&one_at_a_time);
        return rv;
    }
    if (lock_file(guard->file, access == EXCLUSIVE ? LOCK_EX : LOCK_SH) &&
        pread(guard->file, &guard->record, sizeof guard->record, 0) == (ssize_t)sizeof guard->record &&
        believable(&guard->record)) {
        if (guard->record.condition == 0) return CKR_OK;
        state_unlock(guard);
        return CKR_DEVICE_REMOVED;
    }
    complain("%s/state cannot be locked, or is damaged", folder);
    state_unlock(guard);
    return CKR_DEVICE_ERROR;
}

CK_RV state_write(struct guard *guard) {
    if (pwrite(guard->file, &guard->record, sizeof guard->record, 0) == (ssize_t)sizeof guard->record) return CKR_OK;
    complain("the state of device %.*s cannot be written: %s", SERIAL_LENGTH, guard->record.serial, strerror(errno));
    return CKR_DEVICE_ERROR;
}

void state_unlock(struct guard *guard) {
    wipe(&guard->record, sizeof guard->record);
    flock(guard->file, LOCK_UN);
    close(guard->file);
    guard->file = -1;
    pthread_mutex_unlock(&one_at_a_time);
}

bool state_take_fault(struct guard *guard, unsigned number, uint32_t *value) {
    struct fault *fault = &guard->record.faults[number];
    if (fault->times == 0) return false;
    *value = fault->value;
    if (fault->times == FAULT_ALWAYS) return true;
    fault->times -= 1;
    return state_write(guard) == CKR_OK;
}

const struct record *state_map(const char *folder) {
    int file = open_state(folder, O_RDONLY);
    if (file < 0) return NULL;
    struct stat seen;
    void *map = MAP_FAILED;
    if (fstat(file, &seen) == 0 && seen.st_size == (off_t)sizeof(struct record))
        map = mmap(NULL, sizeof(struct record), PROT_READ, MAP_SHARED, file, 0);
    close(file);
    return map == MAP_FAILED ? NULL : map;
}

void state_unmap(const struct record *record) { munmap((void *)(uintptr_t)record, sizeof *record); }

void state_before_fork(void) { pthread_mutex_lock(&one_at_a_time); }

void state_after_fork(void) { pthread_mutex_unlock(&one_at_a_time); }
