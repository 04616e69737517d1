#ifndef SANDBOXER_DESCRIPTORS_H
#define SANDBOXER_DESCRIPTORS_H

void close_all_but(int a, int b, int c, int d); /* keeps 0, 1 and 2 too; -1: none */

#endif
