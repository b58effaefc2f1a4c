/*
 * What one device remembers: a record of fixed size in the file `state` of its folder.
 *
 * Python reads and writes the same record (token_emulator/state.py, which has the layout a second time; a test
 * compares them). Numbers are little-endian. The record lies within one page of the file, so that a process killed in
 * a write leaves the old record or the new one.
 */
#ifndef MOCKTOKEN_STATE_H
#define MOCKTOKEN_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "pkcs11.h"

#define STATE_MAGIC "MOCKTOK1"
#define SERIAL_LENGTH 16

enum who { USER, SO };

enum pin_class { CLASS_LOWER = 1, CLASS_UPPER = 2, CLASS_DIGIT = 4, CLASS_OTHER = 8 };

/* A fault on order. */
enum { FAULT_LOGIN, FAULT_REMOVED, FAULT_SLOW, FAULT_MEMORY, FAULTS };

#define FAULT_ALWAYS UINT32_MAX

struct fault {
    uint32_t value; /* FAULT_LOGIN: what is answered; FAULT_SLOW: milliseconds */
    uint32_t times; /* how often yet; FAULT_ALWAYS: until it is withdrawn */
};

/* A secret that only a PIN opens. */
struct seal {
    uint32_t iterations, length;
    uint8_t salt[16], tag[32], text[64];
};

struct record {
    char magic[8];
    uint32_t generation; /* grows when the token is emptied: sessions from before are dead */
    uint32_t initialised, user_pin_set, user_pin_to_be_changed;
    uint32_t failures[2]; /* wrong PINs since the last right one, by enum who */
    /* the policy of the device model */
    uint32_t max_tries[2];
    uint32_t min_length, max_length;
    uint32_t locking_try_answers; /* CKR_PIN_LOCKED or CKR_PIN_INCORRECT */
    uint32_t wrong_length_counts;
    uint32_t classes; /* of enum pin_class, wanted in a new PIN */
    uint32_t must_change;
    struct fault faults[FAULTS];
    /* as C_GetTokenInfo shows them, padded with blanks */
    char label[32], manufacturer[32], model[16], serial[SERIAL_LENGTH];
    struct seal seals[2]; /* by enum who */
    uint32_t condition; /* what became of the device, state.py says; not zero: it is in no reader */
    uint32_t journey;   /* how often it was packed */
    uint8_t reserved[72];
};

_Static_assert(sizeof(struct record) == 512, "the layout that state.py has too");

/* The record while its file is locked. */
struct guard {
    int file;
    struct record record;
};

enum access { SHARED, EXCLUSIVE };

/* Lock the record in `folder` and read it. CKR_DEVICE_REMOVED when there is none or the device is elsewhere, CKR_DEVICE_ERROR when it cannot be
   locked, read or believed: then nothing may be tried with a PIN. */
CK_RV state_lock(struct guard *guard, const char *folder, enum access access);
/* Write the record back; what the caller has not been told yet is on record from here on. */
CK_RV state_write(struct guard *guard);
/* Let it go; wipes the copy. */
void state_unlock(struct guard *guard);
/* One use of a fault that is on order; false when there is none. */
bool state_take_fault(struct guard *guard, unsigned fault, uint32_t *value);

/* The record as it is now, mapped for reading. NULL when that fails. */
const struct record *state_map(const char *folder);
void state_unmap(const struct record *record);

/* Around fork, so that no child holds a lock that its parent took. */
void state_before_fork(void);
void state_after_fork(void);

/* Forget secrets: never optimised away. */
void wipe(void *memory, size_t length);

/* One line on standard error. */
__attribute__((format(printf, 1, 2))) void complain(const char *format, ...);

#endif
