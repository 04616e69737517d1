/* Runs inside the test's sandbox and echoes what it receives on 127.0.0.1:7000. */
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

static void echo(int fd) {
    char buffer[16384];
    for (ssize_t n; (n = read(fd, buffer, sizeof buffer)) > 0;)
        for (ssize_t sent = 0, w; sent < n; sent += w)
            if ((w = write(fd, buffer + sent, (size_t)(n - sent))) <= 0)
                return;
}

int main(void) {
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(7000), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int one = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(fd, (struct sockaddr *)&a, sizeof a) < 0 || listen(fd, 16) < 0)
        return 1;
    signal(SIGCHLD, SIG_IGN);
    if (write(1, "up\n", 3) != 3)
        return 1;
    for (int c; (c = accept(fd, NULL, NULL)) >= 0; close(c))
        if (fork() == 0) {
            alarm(20);
            echo(c);
            return 0;
        }
    return 1;
}
