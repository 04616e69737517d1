#ifndef SANDBOXER_REQUESTS_H
#define SANDBOXER_REQUESTS_H

/* Takes over a connection from the host; its first frame says what it is for. */
void serve_host(int fd);

#endif
