/* token_emulator/pin.py in C; tests/token_emulator/pin_cases.toml is run against both. */
#include "policy.h"

static bool missing(const CK_UTF8CHAR *pin, CK_ULONG length) { return pin == NULL || length == 0; }

CK_RV policy_login(const struct record *record, const struct view *view, enum who who, const CK_UTF8CHAR *pin,
                   CK_ULONG length) {
    if (missing(pin, length)) return CKR_ARGUMENTS_BAD;
    if (view->inside == (who == USER ? THE_USER : THE_SO)) return CKR_USER_ALREADY_LOGGED_IN;
    if (view->inside != NOBODY) return CKR_USER_ANOTHER_ALREADY_LOGGED_IN;
    if (who == SO && view->read_only_exists) return CKR_SESSION_READ_ONLY_EXISTS;
    if (who == USER && !record->user_pin_set) return CKR_USER_PIN_NOT_INITIALIZED;
    return CKR_OK;
}

CK_RV policy_set_pin(const struct record *record, const struct view *view, const CK_UTF8CHAR *old, CK_ULONG old_length,
                     const CK_UTF8CHAR *new, CK_ULONG new_length) {
    if (missing(old, old_length) || missing(new, new_length)) return CKR_ARGUMENTS_BAD;
    if (!view->read_write) return CKR_SESSION_READ_ONLY;
    if (view->inside != THE_SO && !record->user_pin_set) return CKR_USER_PIN_NOT_INITIALIZED;
    return policy_new_pin(record, new, new_length);
}

CK_RV policy_init_pin(const struct record *record, const struct view *view, const CK_UTF8CHAR *new, CK_ULONG length) {
    if (missing(new, length)) return CKR_ARGUMENTS_BAD;
    if (view->inside != THE_SO) return CKR_USER_NOT_LOGGED_IN;
    return policy_new_pin(record, new, length);
}

static unsigned class_of(CK_UTF8CHAR octet) {
    if (octet >= 'a' && octet <= 'z') return CLASS_LOWER;
    if (octet >= 'A' && octet <= 'Z') return CLASS_UPPER;
    return octet >= '0' && octet <= '9' ? CLASS_DIGIT : CLASS_OTHER;
}

CK_RV policy_new_pin(const struct record *record, const CK_UTF8CHAR *new, CK_ULONG length) {
    if (missing(new, length)) return CKR_ARGUMENTS_BAD;
    if (length < record->min_length || length > record->max_length) return CKR_PIN_LEN_RANGE;
    unsigned classes = 0;
    for (CK_ULONG i = 0; i < length; i++) classes |= class_of(new[i]);
    return (record->classes & ~classes) != 0 ? CKR_PIN_INVALID : CKR_OK;
}

bool policy_locked(const struct record *record, enum who who) {
    return record->failures[who] >= record->max_tries[who];
}

CK_RV policy_charge(struct record *record, enum who who, CK_ULONG length) {
    if (policy_locked(record, who)) return CKR_PIN_LOCKED;
    bool possible = length >= record->min_length && length <= record->max_length;
    if (!possible && !record->wrong_length_counts) return CKR_PIN_LEN_RANGE;
    record->failures[who] += 1;
    return CKR_OK;
}

CK_RV policy_wrong(const struct record *record, enum who who) {
    return policy_locked(record, who) ? record->locking_try_answers : CKR_PIN_INCORRECT;
}

static CK_FLAGS count_flags(const struct record *record, enum who who, CK_FLAGS low, CK_FLAGS final, CK_FLAGS lock) {
    CK_FLAGS bits = record->failures[who] > 0 ? low : 0;
    if (policy_locked(record, who)) return bits | lock;
    return record->max_tries[who] - record->failures[who] == 1 ? bits | final : bits;
}

CK_FLAGS policy_flags(const struct record *record) {
    CK_FLAGS bits = 0;
    if (record->initialised) bits |= CKF_TOKEN_INITIALIZED;
    if (record->user_pin_set) bits |= CKF_USER_PIN_INITIALIZED;
    if (record->user_pin_to_be_changed) bits |= CKF_USER_PIN_TO_BE_CHANGED;
    bits |= count_flags(record, USER, CKF_USER_PIN_COUNT_LOW, CKF_USER_PIN_FINAL_TRY, CKF_USER_PIN_LOCKED);
    return bits | count_flags(record, SO, CKF_SO_PIN_COUNT_LOW, CKF_SO_PIN_FINAL_TRY, CKF_SO_PIN_LOCKED);
}
