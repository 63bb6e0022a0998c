// MicroPython for the logger: what MicroPython calls its generic ESP32, and code that is executed in place.
#define MICROPY_HW_BOARD_NAME "Seepline logger"
#define MICROPY_HW_MCU_NAME "ESP32"

// ROMFS: off in the images of micropython.org (1.25 to 1.29), on here. Needs a partition `romfs`.
#define MICROPY_VFS_ROM (1)
