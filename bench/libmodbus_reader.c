/* Reads 60 registers from 30 devices in turn with libmodbus; prints transactions, processor seconds, wall seconds.
 * cc -O2 -o reader libmodbus_reader.c $(pkg-config --cflags --libs libmodbus); ./reader PORT BAUD SECONDS */
#include <errno.h>
#include <modbus.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

static double wall_s(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

static double cpu_s(void) {
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  return used.ru_utime.tv_sec + used.ru_stime.tv_sec + (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

int main(int count, char **words) {
  if (count != 4) return 2;
  modbus_t *bus = modbus_new_rtu(words[1], atoi(words[2]), 'N', 8, 1);
  modbus_set_response_timeout(bus, 1, 0);
  if (modbus_connect(bus)) return 1;
  uint16_t registers[60];
  long done = 0;
  double begun_s = wall_s(), begun_cpu_s = cpu_s(), end_s = begun_s + atof(words[3]);
  while (wall_s() < end_s)
    for (int address = 1; address <= 30; address++) {
      modbus_set_slave(bus, address);
      if (modbus_read_registers(bus, 0, 60, registers) != 60 || registers[1] != (address << 8 | 1)) {
        fprintf(stderr, "device %d: %s\n", address, modbus_strerror(errno));
        return 1;
      }
      done++;
    }
  printf("%ld %.6f %.6f\n", done, cpu_s() - begun_cpu_s, wall_s() - begun_s);
  modbus_close(bus);
  return 0;
}
