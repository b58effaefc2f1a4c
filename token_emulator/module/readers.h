/*
 * The readers, and which devices are in them.
 *
 * The file `readers` of the shelf says it for all processes: each maps it and looks at a counter, odd while a device
 * is in the reader. So "is it still plugged in" costs a look into memory at every call, and a device that is plugged
 * in while clients run is there for them. token_emulator/readers.py writes the file.
 *
 * With MOCKTOKEN_DEVICE a process has one reader of its own instead, with that device in it for good.
 */
#ifndef MOCKTOKEN_READERS_H
#define MOCKTOKEN_READERS_H

#include "state.h"

#define READERS_MAGIC "MOCKRDR1"
#define READERS 8

/* Begin to look. CKR_GENERAL_ERROR, said on standard error, when there is no shelf. */
CK_RV readers_start(void);
/* Let go of the shelf's file. Those who wait notice. */
void readers_stop(void);

/* How many there are. */
unsigned readers_count(void);
/* The device in a reader and the counter that goes with it; false when it is empty. */
bool readers_device(unsigned reader, char serial[SERIAL_LENGTH + 1], uint32_t *counter);
/* Whether the device that came with this counter is still there. */
bool readers_still(unsigned reader, uint32_t counter);
/* Pull the device out, when it is still the one that came with this counter. */
void readers_pull(unsigned reader, uint32_t counter);
/* C_WaitForSlotEvent. */
CK_RV readers_wait(bool block, CK_SLOT_ID *slot);

/* Folder of a device on this shelf: false when the path is too long. */
bool readers_folder(const char *serial, char *folder, size_t room);

#endif
