/*
 * The declarations of PKCS#11 that this module needs: v2.40 and, for the interfaces, v3.0.
 * Names and numbers are the standard's ("PKCS #11 Cryptographic Token Interface Base Specification").
 */
#ifndef MOCKTOKEN_PKCS11_H
#define MOCKTOKEN_PKCS11_H

#include <stddef.h>

/* --- plain types --------------------------------------------------------------------------------- */

typedef unsigned char CK_BYTE, CK_CHAR, CK_UTF8CHAR, CK_BBOOL;
typedef unsigned long CK_ULONG;
typedef CK_ULONG CK_FLAGS, CK_RV, CK_SLOT_ID, CK_SESSION_HANDLE, CK_OBJECT_HANDLE, CK_USER_TYPE, CK_STATE;
typedef CK_ULONG CK_MECHANISM_TYPE, CK_ATTRIBUTE_TYPE, CK_NOTIFICATION, CK_OBJECT_CLASS;

#define CK_TRUE 1
#define CK_FALSE 0
#define CK_UNAVAILABLE_INFORMATION (~0UL)
#define CK_EFFECTIVELY_INFINITE 0UL

/* --- structures ---------------------------------------------------------------------------------- */

typedef struct CK_VERSION {
    CK_BYTE major, minor;
} CK_VERSION;

typedef struct CK_INFO {
    CK_VERSION cryptokiVersion;
    CK_UTF8CHAR manufacturerID[32];
    CK_FLAGS flags;
    CK_UTF8CHAR libraryDescription[32];
    CK_VERSION libraryVersion;
} CK_INFO;

typedef struct CK_SLOT_INFO {
    CK_UTF8CHAR slotDescription[64];
    CK_UTF8CHAR manufacturerID[32];
    CK_FLAGS flags;
    CK_VERSION hardwareVersion, firmwareVersion;
} CK_SLOT_INFO;

typedef struct CK_TOKEN_INFO {
    CK_UTF8CHAR label[32];
    CK_UTF8CHAR manufacturerID[32];
    CK_UTF8CHAR model[16];
    CK_CHAR serialNumber[16];
    CK_FLAGS flags;
    CK_ULONG ulMaxSessionCount, ulSessionCount, ulMaxRwSessionCount, ulRwSessionCount;
    CK_ULONG ulMaxPinLen, ulMinPinLen;
    CK_ULONG ulTotalPublicMemory, ulFreePublicMemory, ulTotalPrivateMemory, ulFreePrivateMemory;
    CK_VERSION hardwareVersion, firmwareVersion;
    CK_CHAR utcTime[16];
} CK_TOKEN_INFO;

typedef struct CK_SESSION_INFO {
    CK_SLOT_ID slotID;
    CK_STATE state;
    CK_FLAGS flags;
    CK_ULONG ulDeviceError;
} CK_SESSION_INFO;

typedef struct CK_ATTRIBUTE {
    CK_ATTRIBUTE_TYPE type;
    void *pValue;
    CK_ULONG ulValueLen;
} CK_ATTRIBUTE;

typedef struct CK_MECHANISM {
    CK_MECHANISM_TYPE mechanism;
    void *pParameter;
    CK_ULONG ulParameterLen;
} CK_MECHANISM;

typedef struct CK_MECHANISM_INFO {
    CK_ULONG ulMinKeySize, ulMaxKeySize;
    CK_FLAGS flags;
} CK_MECHANISM_INFO;

typedef CK_RV (*CK_NOTIFY)(CK_SESSION_HANDLE session, CK_NOTIFICATION event, void *application);

typedef struct CK_C_INITIALIZE_ARGS {
    CK_RV (*CreateMutex)(void **mutex);
    CK_RV (*DestroyMutex)(void *mutex);
    CK_RV (*LockMutex)(void *mutex);
    CK_RV (*UnlockMutex)(void *mutex);
    CK_FLAGS flags;
    void *pReserved;
} CK_C_INITIALIZE_ARGS;

typedef struct CK_INTERFACE {
    CK_UTF8CHAR *pInterfaceName;
    void *pFunctionList;
    CK_FLAGS flags;
} CK_INTERFACE;

typedef struct CK_FUNCTION_LIST CK_FUNCTION_LIST;

/* --- constants ----------------------------------------------------------------------------------- */

#define CKF_OS_LOCKING_OK 0x2UL /* CK_C_INITIALIZE_ARGS */
#define CKF_DONT_BLOCK 0x1UL    /* C_WaitForSlotEvent */
#define CKF_RW_SESSION 0x2UL    /* sessions */
#define CKF_SERIAL_SESSION 0x4UL
#define CKF_TOKEN_PRESENT 0x1UL /* slots */
#define CKF_REMOVABLE_DEVICE 0x2UL
#define CKF_HW_SLOT 0x4UL
#define CKF_RNG 0x1UL /* tokens */
#define CKF_LOGIN_REQUIRED 0x4UL
#define CKF_USER_PIN_INITIALIZED 0x8UL
#define CKF_TOKEN_INITIALIZED 0x400UL
#define CKF_USER_PIN_COUNT_LOW 0x10000UL
#define CKF_USER_PIN_FINAL_TRY 0x20000UL
#define CKF_USER_PIN_LOCKED 0x40000UL
#define CKF_USER_PIN_TO_BE_CHANGED 0x80000UL
#define CKF_SO_PIN_COUNT_LOW 0x100000UL
#define CKF_SO_PIN_FINAL_TRY 0x200000UL
#define CKF_SO_PIN_LOCKED 0x400000UL

#define CKU_SO 0UL
#define CKU_USER 1UL
#define CKU_CONTEXT_SPECIFIC 2UL

#define CKS_RO_USER_FUNCTIONS 1UL
#define CKS_RW_USER_FUNCTIONS 3UL
#define CKS_RW_SO_FUNCTIONS 4UL

#define CKA_TOKEN 0x1UL

#define CKR_OK 0x000UL
#define CKR_HOST_MEMORY 0x002UL
#define CKR_SLOT_ID_INVALID 0x003UL
#define CKR_GENERAL_ERROR 0x005UL
#define CKR_FUNCTION_FAILED 0x006UL
#define CKR_ARGUMENTS_BAD 0x007UL
#define CKR_NO_EVENT 0x008UL
#define CKR_DEVICE_ERROR 0x030UL
#define CKR_DEVICE_MEMORY 0x031UL
#define CKR_DEVICE_REMOVED 0x032UL
#define CKR_FUNCTION_NOT_SUPPORTED 0x054UL
#define CKR_OPERATION_NOT_INITIALIZED 0x091UL
#define CKR_PIN_INCORRECT 0x0A0UL
#define CKR_PIN_INVALID 0x0A1UL
#define CKR_PIN_LEN_RANGE 0x0A2UL
#define CKR_PIN_EXPIRED 0x0A3UL
#define CKR_PIN_LOCKED 0x0A4UL
#define CKR_SESSION_COUNT 0x0B1UL
#define CKR_SESSION_HANDLE_INVALID 0x0B3UL
#define CKR_SESSION_PARALLEL_NOT_SUPPORTED 0x0B4UL
#define CKR_SESSION_READ_ONLY 0x0B5UL
#define CKR_SESSION_EXISTS 0x0B6UL
#define CKR_SESSION_READ_ONLY_EXISTS 0x0B7UL
#define CKR_TOKEN_NOT_PRESENT 0x0E0UL
#define CKR_TOKEN_NOT_RECOGNIZED 0x0E1UL
#define CKR_USER_ALREADY_LOGGED_IN 0x100UL
#define CKR_USER_NOT_LOGGED_IN 0x101UL
#define CKR_USER_PIN_NOT_INITIALIZED 0x102UL
#define CKR_USER_TYPE_INVALID 0x103UL
#define CKR_USER_ANOTHER_ALREADY_LOGGED_IN 0x104UL
#define CKR_BUFFER_TOO_SMALL 0x150UL
#define CKR_CRYPTOKI_NOT_INITIALIZED 0x190UL
#define CKR_CRYPTOKI_ALREADY_INITIALIZED 0x191UL

/* --- the functions of v2.40, in the order of CK_FUNCTION_LIST -------------------------------------- */

#define CK_FUNCTIONS_2_40(X)                                                                                         \
    X(C_Initialize, (void *arguments))                                                                               \
    X(C_Finalize, (void *reserved))                                                                                  \
    X(C_GetInfo, (CK_INFO * info))                                                                                   \
    X(C_GetFunctionList, (CK_FUNCTION_LIST * *list))                                                                 \
    X(C_GetSlotList, (CK_BBOOL present, CK_SLOT_ID * slots, CK_ULONG * count))                                       \
    X(C_GetSlotInfo, (CK_SLOT_ID slot, CK_SLOT_INFO * info))                                                         \
    X(C_GetTokenInfo, (CK_SLOT_ID slot, CK_TOKEN_INFO * info))                                                       \
    X(C_GetMechanismList, (CK_SLOT_ID slot, CK_MECHANISM_TYPE * mechanisms, CK_ULONG * count))                       \
    X(C_GetMechanismInfo, (CK_SLOT_ID slot, CK_MECHANISM_TYPE mechanism, CK_MECHANISM_INFO * info))                  \
    X(C_InitToken, (CK_SLOT_ID slot, CK_UTF8CHAR * pin, CK_ULONG pin_length, CK_UTF8CHAR * label))                   \
    X(C_InitPIN, (CK_SESSION_HANDLE session, CK_UTF8CHAR * pin, CK_ULONG pin_length))                                \
    X(C_SetPIN, (CK_SESSION_HANDLE session, CK_UTF8CHAR * old_pin, CK_ULONG old_length, CK_UTF8CHAR * new_pin,       \
                 CK_ULONG new_length))                                                                               \
    X(C_OpenSession, (CK_SLOT_ID slot, CK_FLAGS flags, void *application, CK_NOTIFY notify,                          \
                      CK_SESSION_HANDLE * session))                                                                  \
    X(C_CloseSession, (CK_SESSION_HANDLE session))                                                                   \
    X(C_CloseAllSessions, (CK_SLOT_ID slot))                                                                         \
    X(C_GetSessionInfo, (CK_SESSION_HANDLE session, CK_SESSION_INFO * info))                                         \
    X(C_GetOperationState, (CK_SESSION_HANDLE session, CK_BYTE * state, CK_ULONG * length))                          \
    X(C_SetOperationState, (CK_SESSION_HANDLE session, CK_BYTE * state, CK_ULONG length,                             \
                            CK_OBJECT_HANDLE encryption_key, CK_OBJECT_HANDLE authentication_key))                   \
    X(C_Login, (CK_SESSION_HANDLE session, CK_USER_TYPE user, CK_UTF8CHAR * pin, CK_ULONG pin_length))               \
    X(C_Logout, (CK_SESSION_HANDLE session))                                                                         \
    X(C_CreateObject, (CK_SESSION_HANDLE session, CK_ATTRIBUTE * wanted, CK_ULONG count, CK_OBJECT_HANDLE * object)) \
    X(C_CopyObject, (CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE * wanted, CK_ULONG count,      \
                     CK_OBJECT_HANDLE * copy))                                                                       \
    X(C_DestroyObject, (CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object))                                         \
    X(C_GetObjectSize, (CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ULONG * size))                        \
    X(C_GetAttributeValue,                                                                                           \
      (CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE * wanted, CK_ULONG count))                   \
    X(C_SetAttributeValue,                                                                                           \
      (CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE * wanted, CK_ULONG count))                   \
    X(C_FindObjectsInit, (CK_SESSION_HANDLE session, CK_ATTRIBUTE * wanted, CK_ULONG count))                         \
    X(C_FindObjects, (CK_SESSION_HANDLE session, CK_OBJECT_HANDLE * objects, CK_ULONG room, CK_ULONG * count))       \
    X(C_FindObjectsFinal, (CK_SESSION_HANDLE session))                                                               \
    X(C_EncryptInit, (CK_SESSION_HANDLE session, CK_MECHANISM * mechanism, CK_OBJECT_HANDLE key))                    \
    X(C_Encrypt, (CK_SESSION_HANDLE session, CK_BYTE * in, CK_ULONG in_length, CK_BYTE * out, CK_ULONG * out_length)) \
    X(C_EncryptUpdate,                                                                                               \
      (CK_SESSION_HANDLE session, CK_BYTE * in, CK_ULONG in_length, CK_BYTE * out, CK_ULONG * out_length))           \
    X(C_EncryptFinal, (CK_SESSION_HANDLE session, CK_BYTE * out, CK_ULONG * out_length))                             \
    X(C_DecryptInit, (CK_SESSION_HANDLE session, CK_MECHANISM * mechanism, CK_OBJECT_HANDLE key))                    \
    X(C_Decrypt, (CK_SESSION_HANDLE session, CK_BYTE * in, CK_ULONG in_length, CK_BYTE * out, CK_ULONG * out_length)) \
    X(C_DecryptUpdate,                                                                                               \
      (CK_SESSION_HANDLE session, CK_BYTE * in, CK_ULONG in_length, CK_BYTE * out, CK_ULONG * out_length))           \
    X(C_DecryptFinal, (CK_SESSION_HANDLE session, CK_BYTE * out, CK_ULONG * out_length))                             \
    X(C_DigestInit, (CK_SESSION_HANDLE session, CK_MECHANISM * mechanism))                                           \
    X(C_Digest, (CK_SESSION_HANDLE session, CK_BYTE * in, CK_ULONG in_length, CK_BYTE * out, CK_ULONG * out_length)) \
    X(C_DigestUpdate, (CK_SESSION_HANDLE session, CK_BYTE * in, CK_ULONG in_length))                                 \
    X(C_DigestKey, (CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key))                                                \
    X(C_DigestFinal, (CK_SESSION_HANDLE session, CK_BYTE * out, CK_ULONG * out_length))                              \
    X(C_SignInit, (CK_SESSION_HANDLE session, CK_MECHANISM * mechanism, CK_OBJECT_HANDLE key))                       \
    X(C_Sign, (CK_SESSION_HANDLE session, CK_BYTE * in, CK_ULONG in_length, CK_BYTE * out, CK_ULONG * out_length))   \
    X(C_SignUpdate, (CK_SESSION_HANDLE session, CK_BYTE * in, CK_ULONG in_length))                                   \
    X(C_SignFinal, (CK_SESSION_HANDLE session, CK_BYTE * out, CK_ULONG * out_length))                                \
    X(C_SignRecoverInit, (CK_SESSION_HANDLE session, CK_MECHANISM * mechanism, CK_OBJECT_HANDLE key))                \
    X(C_SignRecover,                                                                                                 \
      (CK_SESSION_HANDLE session, CK_BYTE * in, CK_ULONG in_length, CK_BYTE * out, CK_ULONG * out_length))           \
    X(C_VerifyInit, (CK_SESSION_HANDLE session, CK_MECHANISM * mechanism, CK_OBJECT_HANDLE key))                     \
    X(C_Verify,                                                                                                      \
      (CK_SESSION_HANDLE session, CK_BYTE * in, CK_ULONG in_length, CK_BYTE * signature, CK_ULONG signature_length)) \
    X(C_VerifyUpdate, (CK_SESSION_HANDLE session, CK_BYTE * in, CK_ULONG in_length))                                 \
    X(C_VerifyFinal, (CK_SESSION_HANDLE session, CK_BYTE * signature, CK_ULONG signature_length))                    \
    X(C_VerifyRecoverInit, (CK_SESSION_HANDLE session, CK_MECHANISM * mechanism, CK_OBJECT_HANDLE key))              \
    X(C_VerifyRecover, (CK_SESSION_HANDLE session, CK_BYTE * signature, CK_ULONG signature_length, CK_BYTE * out,    \
                        CK_ULONG * out_length))                                                                      \
    X(C_DigestEncryptUpdate,                                                                                         \
      (CK_SESSION_HANDLE session, CK_BYTE * in, CK_ULONG in_length, CK_BYTE * out, CK_ULONG * out_length))           \
    X(C_DecryptDigestUpdate,                                                                                         \
      (CK_SESSION_HANDLE session, CK_BYTE * in, CK_ULONG in_length, CK_BYTE * out, CK_ULONG * out_length))           \
    X(C_SignEncryptUpdate,                                                                                           \
      (CK_SESSION_HANDLE session, CK_BYTE * in, CK_ULONG in_length, CK_BYTE * out, CK_ULONG * out_length))           \
    X(C_DecryptVerifyUpdate,                                                                                         \
      (CK_SESSION_HANDLE session, CK_BYTE * in, CK_ULONG in_length, CK_BYTE * out, CK_ULONG * out_length))           \
    X(C_GenerateKey, (CK_SESSION_HANDLE session, CK_MECHANISM * mechanism, CK_ATTRIBUTE * wanted, CK_ULONG count,    \
                      CK_OBJECT_HANDLE * key))                                                                       \
    X(C_GenerateKeyPair, (CK_SESSION_HANDLE session, CK_MECHANISM * mechanism, CK_ATTRIBUTE * wanted_public,         \
                          CK_ULONG public_count, CK_ATTRIBUTE * wanted_private, CK_ULONG private_count,              \
                          CK_OBJECT_HANDLE * public_key, CK_OBJECT_HANDLE * private_key))                            \
    X(C_WrapKey, (CK_SESSION_HANDLE session, CK_MECHANISM * mechanism, CK_OBJECT_HANDLE wrapping_key,                \
                  CK_OBJECT_HANDLE key, CK_BYTE * out, CK_ULONG * out_length))                                       \
    X(C_UnwrapKey, (CK_SESSION_HANDLE session, CK_MECHANISM * mechanism, CK_OBJECT_HANDLE unwrapping_key,            \
                    CK_BYTE * in, CK_ULONG in_length, CK_ATTRIBUTE * wanted, CK_ULONG count, CK_OBJECT_HANDLE * key)) \
    X(C_DeriveKey, (CK_SESSION_HANDLE session, CK_MECHANISM * mechanism, CK_OBJECT_HANDLE base_key,                  \
                    CK_ATTRIBUTE * wanted, CK_ULONG count, CK_OBJECT_HANDLE * key))                                  \
    X(C_SeedRandom, (CK_SESSION_HANDLE session, CK_BYTE * seed, CK_ULONG length))                                    \
    X(C_GenerateRandom, (CK_SESSION_HANDLE session, CK_BYTE * out, CK_ULONG length))                                 \
    X(C_GetFunctionStatus, (CK_SESSION_HANDLE session))                                                              \
    X(C_CancelFunction, (CK_SESSION_HANDLE session))                                                                 \
    X(C_WaitForSlotEvent, (CK_FLAGS flags, CK_SLOT_ID * slot, void *reserved))

/* --- what v3.0 adds, in the order of CK_FUNCTION_LIST_3_0. M: the message functions ------------------ */

#define CK_FUNCTIONS_3_0(X, M)                                                                                       \
    X(C_GetInterfaceList, (CK_INTERFACE * interfaces, CK_ULONG * count))                                             \
    X(C_GetInterface, (CK_UTF8CHAR * name, CK_VERSION * version, CK_INTERFACE * *interface, CK_FLAGS flags))         \
    X(C_LoginUser, (CK_SESSION_HANDLE session, CK_USER_TYPE user, CK_UTF8CHAR * pin, CK_ULONG pin_length,            \
                    CK_UTF8CHAR * name, CK_ULONG name_length))                                                       \
    X(C_SessionCancel, (CK_SESSION_HANDLE session, CK_FLAGS flags))                                                  \
    M(C_MessageEncryptInit)                                                                                          \
    M(C_EncryptMessage)                                                                                              \
    M(C_EncryptMessageBegin)                                                                                         \
    M(C_EncryptMessageNext)                                                                                          \
    M(C_MessageEncryptFinal)                                                                                         \
    M(C_MessageDecryptInit)                                                                                          \
    M(C_DecryptMessage)                                                                                              \
    M(C_DecryptMessageBegin)                                                                                         \
    M(C_DecryptMessageNext)                                                                                          \
    M(C_MessageDecryptFinal)                                                                                         \
    M(C_MessageSignInit)                                                                                             \
    M(C_SignMessage)                                                                                                 \
    M(C_SignMessageBegin)                                                                                            \
    M(C_SignMessageNext)                                                                                             \
    M(C_MessageSignFinal)                                                                                            \
    M(C_MessageVerifyInit)                                                                                           \
    M(C_VerifyMessage)                                                                                               \
    M(C_VerifyMessageBegin)                                                                                          \
    M(C_VerifyMessageNext)                                                                                           \
    M(C_MessageVerifyFinal)

#define CK_MEMBER(name, parameters) CK_RV(*name) parameters;
/* Never called for their results: every one of them answers CKR_FUNCTION_NOT_SUPPORTED without a look at its
   arguments. */
#define CK_MESSAGE_MEMBER(name) CK_RV (*name)(void);

struct CK_FUNCTION_LIST {
    CK_VERSION version;
    CK_FUNCTIONS_2_40(CK_MEMBER)
};

typedef struct CK_FUNCTION_LIST_3_0 {
    CK_VERSION version;
    CK_FUNCTIONS_2_40(CK_MEMBER)
    CK_FUNCTIONS_3_0(CK_MEMBER, CK_MESSAGE_MEMBER)
} CK_FUNCTION_LIST_3_0;

#endif
