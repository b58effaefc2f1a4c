/* The functions of this module, one prototype for each of PKCS#11's; which file has which:
   entry.c       C_Initialize … C_GetFunctionList, the interfaces
   slots.c       C_GetSlotList … C_GetMechanismInfo, C_WaitForSlotEvent
   login.c       whatever a PIN goes into
   sessions.c    C_OpenSession … C_GetSessionInfo
   passthrough.c all others */
#ifndef MOCKTOKEN_FUNCTIONS_H
#define MOCKTOKEN_FUNCTIONS_H

#include "pkcs11.h"

#define PROTOTYPE(name, parameters) CK_RV name parameters;
#define MESSAGE_PROTOTYPE(name) CK_RV name(void);
CK_FUNCTIONS_2_40(PROTOTYPE)
CK_FUNCTIONS_3_0(PROTOTYPE, MESSAGE_PROTOTYPE)

/* Fill a text field, padded with blanks. */
void put_text(CK_UTF8CHAR *field, size_t room, const char *text);

#endif
