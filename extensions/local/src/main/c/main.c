/* One program with seven roles: see docs/agent-protocol.md. */
#include "common/roles.h"

#include <stdio.h>
#include <string.h>

int main(int argc, char **argv) {
    static const struct {
        const char *name;
        int (*main)(int, char **);
    } roles[] = {{"launch", launch_main}, {"init", init_main}, {"sudo", sudo_main}, {"end", end_main},
                 {"snapshot", snapshot_main}, {"probe", probe_main}, {"network", network_main}};

    const char *slash = argc > 0 ? strrchr(argv[0], '/') : NULL;
    if (argc > 0 && strcmp(slash ? slash + 1 : argv[0], "sudo") == 0)
        return sudo_main(argc, argv);
    for (size_t i = 0; argc > 1 && i < sizeof roles / sizeof *roles; i++)
        if (strcmp(argv[1], roles[i].name) == 0)
            return roles[i].main(argc - 1, argv + 1);
    fprintf(stderr, "usage: sandboxer-agent launch|end|snapshot|probe|network|init|sudo ARG...\n");
    return 1;
}
