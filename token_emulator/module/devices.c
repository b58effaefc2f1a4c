#include "devices.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct session {
    struct device *device; /* NULL: free */
    CK_SESSION_HANDLE inner;
    uint16_t turn; /* tells apart those who had this place one after the other */
    bool writable;
};

#define PLACES 65535U

static atomic_bool ready;
/* Held while a SoftHSM2 is started; before `table`. */
static pthread_mutex_t starting = PTHREAD_MUTEX_INITIALIZER;
/* Guards all below; held for moments only. */
static pthread_mutex_t table = PTHREAD_MUTEX_INITIALIZER;
static struct device *in_reader[READERS];
static struct session *sessions;
static unsigned places;

bool devices_ready(void) { return ready && !inner_gone(); }

void devices_start(void) { ready = true; }

/* --- with the table locked ------------------------------------------------------------------------ */

static bool still_there(const struct device *device) {
    return !device->gone && readers_still(device->reader, device->counter) &&
           device->live->generation == device->generation;
}

/* Give back what nobody uses any more. */
static void release(struct device *device) {
    if (!device->gone || device->calls > 0) return;
    if (device->inner != NULL) {
        inner_stop(device->inner);
        device->inner = NULL;
        wipe(device->user_pin, sizeof device->user_pin);
    }
    if (device->sessions > 0) return; /* they have not been told yet */
    state_unmap(device->live);
    free(device);
}

static void detach(struct device *device) {
    if (in_reader[device->reader] == device) in_reader[device->reader] = NULL;
    device->gone = true;
    release(device);
}

static struct session *find(CK_SESSION_HANDLE handle) {
    CK_ULONG place = handle & PLACES;
    if (place == 0 || place > places || handle >> 16 != sessions[place - 1].turn) return NULL;
    return sessions[place - 1].device ? &sessions[place - 1] : NULL;
}

static void drop(struct session *session) {
    struct device *device = session->device;
    session->device = NULL;
    device->sessions -= 1;
    if (!session->writable) device->read_only -= 1;
    if (device->sessions == 0) { /* the last one: everybody is logged out */
        device->so_inside = false;
        wipe(device->user_pin, sizeof device->user_pin);
    }
}

static void begin(struct call *call, struct device *device) {
    device->calls += 1;
    call->device = device;
    call->inner = device->inner->call;
}

/* --- calls ---------------------------------------------------------------------------------------- */

CK_RV call_begin(struct call *call, CK_SESSION_HANDLE handle) {
    if (!devices_ready()) return CKR_CRYPTOKI_NOT_INITIALIZED;
    CK_RV rv = CKR_OK;
    pthread_mutex_lock(&table);
    struct session *session = find(handle);
    if (session == NULL) {
        rv = CKR_SESSION_HANDLE_INVALID;
    } else if (!still_there(session->device)) {
        struct device *device = session->device;
        drop(session);
        detach(device);
        rv = CKR_DEVICE_REMOVED;
    } else {
        begin(call, session->device);
        call->handle = handle;
        call->session = session->inner;
        call->writable = session->writable;
    }
    pthread_mutex_unlock(&table);
    return rv;
}

CK_RV call_end(struct call *call, CK_RV rv) {
    struct device *device = call->device;
    pthread_mutex_lock(&table);
    device->calls -= 1;
    if (!still_there(device)) {
        struct session *session = find(call->handle);
        if (session != NULL && session->device == device) drop(session); /* told now, and once is enough */
        rv = CKR_DEVICE_REMOVED;
        detach(device);
    }
    pthread_mutex_unlock(&table);
    return rv;
}

/* Start a SoftHSM2 for the device in a reader. With `starting` held. */
static CK_RV load(unsigned reader, const char *serial, uint32_t counter, struct device **loaded) {
    struct device *device = calloc(1, sizeof *device);
    struct guard guard;
    if (device == NULL) return CKR_HOST_MEMORY;
    device->reader = reader;
    device->counter = counter;
    CK_RV rv = readers_folder(serial, device->folder, sizeof device->folder) ? CKR_OK : CKR_GENERAL_ERROR;
    if (rv == CKR_OK && (rv = state_lock(&guard, device->folder, EXCLUSIVE)) == CKR_OK) {
        if (!guard.record.initialised) inner_clear(device->folder);
        rv = inner_repair(device->folder);
        device->generation = guard.record.generation;
        device->live = state_map(device->folder);
        device->inner = rv == CKR_OK && device->live ? inner_start(device->folder) : NULL;
        if (device->inner == NULL) rv = CKR_DEVICE_ERROR;
        state_unlock(&guard);
    }
    if (rv == CKR_OK) {
        *loaded = device;
        return CKR_OK;
    }
    if (device->live) state_unmap(device->live);
    free(device);
    return rv == CKR_DEVICE_REMOVED ? CKR_TOKEN_NOT_PRESENT : rv;
}

CK_RV call_begin_reader(struct call *call, CK_SLOT_ID slot) {
    char serial[SERIAL_LENGTH + 1];
    uint32_t counter;
    if (!devices_ready()) return CKR_CRYPTOKI_NOT_INITIALIZED;
    if (slot >= readers_count()) return CKR_SLOT_ID_INVALID;
    CK_RV rv = CKR_OK;
    struct device *device;
    memset(call, 0, sizeof *call);
    pthread_mutex_lock(&starting);
    pthread_mutex_lock(&table);
    device = in_reader[slot];
    if (device != NULL && !still_there(device)) {
        detach(device);
        device = NULL;
    }
    if (device != NULL) begin(call, device);
    pthread_mutex_unlock(&table);
    if (device == NULL) {
        rv = readers_device((unsigned)slot, serial, &counter) ? load((unsigned)slot, serial, counter, &device)
                                                              : CKR_TOKEN_NOT_PRESENT;
        if (rv == CKR_OK) {
            pthread_mutex_lock(&table);
            in_reader[slot] = device;
            begin(call, device);
            pthread_mutex_unlock(&table);
        }
    }
    pthread_mutex_unlock(&starting);
    return rv;
}

struct view call_view(const struct call *call) {
    CK_SESSION_INFO info = {0};
    struct view view = {.inside = NOBODY, .read_write = call->writable};
    if (call->inner->C_GetSessionInfo(call->session, &info) == CKR_OK) {
        if (info.state == CKS_RO_USER_FUNCTIONS || info.state == CKS_RW_USER_FUNCTIONS) view.inside = THE_USER;
        if (info.state == CKS_RW_SO_FUNCTIONS) view.inside = THE_SO;
    }
    pthread_mutex_lock(&table);
    view.read_only_exists = call->device->read_only > 0;
    pthread_mutex_unlock(&table);
    return view;
}

/* --- sessions ------------------------------------------------------------------------------------- */

static struct session *free_place(unsigned *place) {
    for (*place = 0; *place < places; *place += 1)
        if (sessions[*place].device == NULL) return &sessions[*place];
    unsigned more = places == 0 ? 64 : places * 2;
    if (more > PLACES) more = PLACES;
    struct session *grown = more > places ? realloc(sessions, more * sizeof *sessions) : NULL;
    if (grown == NULL) return NULL;
    memset(grown + places, 0, (more - places) * sizeof *grown);
    sessions = grown;
    places = more;
    return &sessions[*place];
}

CK_RV session_add(struct call *call, CK_SESSION_HANDLE inner, bool writable, CK_SESSION_HANDLE *handle) {
    unsigned place;
    pthread_mutex_lock(&table);
    struct session *session = free_place(&place);
    if (session != NULL) {
        session->device = call->device;
        session->inner = inner;
        session->writable = writable;
        session->turn = (uint16_t)((session->turn + 1) & 0x7fff); /* a handle stays within 31 bits */
        call->device->sessions += 1;
        if (!writable) call->device->read_only += 1;
        *handle = (CK_SESSION_HANDLE)session->turn << 16 | (place + 1);
    }
    pthread_mutex_unlock(&table);
    return session ? CKR_OK : CKR_SESSION_COUNT;
}

CK_RV session_close(CK_SESSION_HANDLE handle) {
    struct call call;
    CK_RV rv = call_begin(&call, handle);
    if (rv != CKR_OK) return rv;
    pthread_mutex_lock(&table);
    struct session *session = find(handle); /* another thread may have been quicker */
    if (session != NULL) drop(session);
    pthread_mutex_unlock(&table);
    return call_end(&call, session ? call.inner->C_CloseSession(call.session) : CKR_SESSION_HANDLE_INVALID);
}

CK_RV session_close_all(CK_SLOT_ID slot) {
    if (!devices_ready()) return CKR_CRYPTOKI_NOT_INITIALIZED;
    if (slot >= readers_count()) return CKR_SLOT_ID_INVALID;
    char serial[SERIAL_LENGTH + 1];
    uint32_t counter;
    CK_RV rv = readers_device((unsigned)slot, serial, &counter) ? CKR_OK : CKR_TOKEN_NOT_PRESENT;
    pthread_mutex_lock(&table);
    struct device *device = in_reader[slot];
    for (unsigned i = 0; i < places; i++)
        if (sessions[i].device && sessions[i].device->reader == slot) {
            struct device *of = sessions[i].device;
            drop(&sessions[i]);
            if (of != device) release(of);
        }
    if (device != NULL && still_there(device))
        rv = device->inner->call->C_CloseAllSessions(device->inner->slot);
    else if (device != NULL)
        detach(device);
    pthread_mutex_unlock(&table);
    return rv;
}

void devices_count(unsigned reader, CK_ULONG *all, CK_ULONG *read_only) {
    pthread_mutex_lock(&table);
    struct device *device = in_reader[reader];
    *all = device && still_there(device) ? device->sessions : 0;
    *read_only = device && still_there(device) ? device->read_only : 0;
    pthread_mutex_unlock(&table);
}

/* --- the end, and forks --------------------------------------------------------------------------- */

static void forget_sessions(void) {
    for (unsigned i = 0; i < places; i++) sessions[i].device = NULL; /* turns stay: old handles stay bad */
    memset(in_reader, 0, sizeof in_reader);
}

bool devices_stop(void) {
    if (inner_gone() || !atomic_exchange(&ready, false)) return false;
    pthread_mutex_lock(&starting);
    pthread_mutex_lock(&table);
    for (unsigned i = 0; i < places; i++) {
        struct device *device = sessions[i].device;
        if (device == NULL) continue;
        drop(&sessions[i]);
        if (device->gone) release(device);
    }
    for (unsigned i = 0; i < READERS; i++)
        if (in_reader[i] != NULL) detach(in_reader[i]);
    forget_sessions();
    pthread_mutex_unlock(&table);
    pthread_mutex_unlock(&starting);
    return true;
}

void devices_before_fork(void) {
    pthread_mutex_lock(&starting);
    state_before_fork();
    pthread_mutex_lock(&table);
}

void devices_after_fork(bool child) {
    if (child) {
        for (unsigned i = 0; i < READERS; i++)
            if (in_reader[i] != NULL) wipe(in_reader[i]->user_pin, INNER_PIN);
        forget_sessions();
        inner_forget();
        ready = false;
    }
    pthread_mutex_unlock(&table);
    state_after_fork();
    pthread_mutex_unlock(&starting);
}
