/*
 * What the x86_64 libtensorflowlite_jni.so of Android needs of Android's C library and glibc has not, or has otherwise.
 *
 * Types and numbers that both share (stat, pthread, errno, open, mmap, locales) are left to glibc. A function that means
 * something else there has a capital letter here: patch.py makes the library ask for it under that name.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Without an API level the library leaves XNNPACK out and says nothing. */
#define API_LEVEL "34"

/* stdin, stdout and stderr are three structures in a row in Android, three pointers in glibc. */
#define FILE_BYTES 152
char __sF[3 * FILE_BYTES];

static FILE *standard(void *file) {
  char *place = file;
  if (place == __sF) return stdin;
  if (place == __sF + FILE_BYTES) return stdout;
  if (place == __sF + 2 * FILE_BYTES) return stderr;
  return file;
}

int Fprintf(void *file, const char *format, ...) {
  va_list values;
  va_start(values, format);
  int written = vfprintf(standard(file), format, values);
  va_end(values);
  return written;
}

int Vfprintf(void *file, const char *format, va_list values) { return vfprintf(standard(file), format, values); }
int Fputc(int character, void *file) { return fputc(character, standard(file)); }
size_t Fwrite(const void *from, size_t size, size_t count, void *file) {
  return fwrite(from, size, count, standard(file));
}
int Fflush(void *file) { return fflush(file ? standard(file) : NULL); }
int Fileno(void *file) { return fileno(standard(file)); }

/* Under _GNU_SOURCE glibc has another function of this name; this is the one of POSIX, as Android's. */
extern int __xpg_strerror_r(int error, char *text, size_t size);
int Strerror_r(int error, char *text, size_t size) { return __xpg_strerror_r(error, text, size); }

/* Android counts what can be asked in another order. */
long Sysconf(int name) {
  switch (name) {
    case 39:
    case 40:
      return sysconf(_SC_PAGESIZE);
    case 96:
      return sysconf(_SC_NPROCESSORS_CONF);
    case 97:
      return sysconf(_SC_NPROCESSORS_ONLN);
    case 98:
      return sysconf(_SC_PHYS_PAGES);
    default:
      fprintf(stderr, "bionic.c: sysconf(%d) of Android is not known here\n", name);
      errno = EINVAL;
      return -1;
  }
}

int *__errno(void) { return __errno_location(); }
size_t __strlen_chk(const char *text, size_t size) {
  (void)size;
  return strlen(text);
}

int __system_property_get(const char *name, char *value) {
  strcpy(value, strcmp(name, "ro.build.version.sdk") == 0 ? API_LEVEL : "");
  return (int)strlen(value);
}

void android_set_abort_message(const char *message) { fprintf(stderr, "%s\n", message ? message : "aborted"); }

/* Warnings and errors are for whoever runs the tests; what the runtime tells of itself (4 and below) is not. */
int __android_log_vprint(int priority, const char *tag, const char *format, va_list values) {
  if (priority < 5) return 0;
  fprintf(stderr, "%s: ", tag);
  int written = vfprintf(stderr, format, values);
  fputc('\n', stderr);
  return written;
}
