package dev.sandboxer.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sandboxer.extension.BackendSandbox;
import dev.sandboxer.local.disk.TreeDeleter;
import dev.sandboxer.local.host.HostPrograms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A sandbox may change its own view of the host's programs. */
@Timeout(180)
class OwnSystemIT {
    private static final long SHARED_BASE = 0x7000_0000L;

    private LocalHome home;

    @BeforeEach
    void open() throws IOException {
        home = LocalHome.withImages();
    }

    @AfterEach
    void close() throws IOException {
        if (home != null) {
            home.close();
        }
    }

    private BackendSandbox create() throws InterruptedException {
        var sandbox = home.create();
        assumeTrue(
                home.sh(sandbox, "findmnt -no FSTYPE /usr").equals("overlay"), "needs ID-mapped mounts on this host");
        return sandbox;
    }

    @Test
    void usr_belongs_to_root_who_may_add_change_and_remove_files() throws Exception {
        var sandbox = create();
        assertThat(home.sh(sandbox, "stat -c %U:%G / /usr /usr/bin/env /usr/local/bin /dev/null"))
                .isEqualTo("root:root\n".repeat(5).strip());
        assertThat(home.sh(sandbox, """
                sudo sh -ec 'echo "echo mine" >/usr/local/bin/mine; chmod +x /usr/local/bin/mine; mkdir /usr/local/lib/new
                mv /usr/local/lib/new /usr/local/lib/newer; mv /usr/share/doc /usr/share/docs; rm /usr/bin/tac'
                mine; ls -d /usr/local/lib/newer /usr/share/docs; [ -e /usr/bin/tac ] || echo gone
                touch /usr/local/bin/x 2>/dev/null || echo not by user""")).isEqualTo("""
                mine
                /usr/local/lib/newer
                /usr/share/docs
                gone
                not by user""");
        assertThat(Path.of("/usr/local/bin/mine")).doesNotExist();
        assertThat(Path.of("/usr/bin/tac")).exists();
    }

    @Test
    void files_that_only_the_host_s_root_may_read_are_hidden() throws Exception {
        var directory = Files.createTempDirectory(Path.of("/usr/local/lib"), "sbx");
        try {
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
            var secret = Files.writeString(directory.resolve("secret"), "a secret of the host");
            Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-r-----"));
            Files.writeString(Files.createDirectory(directory.resolve("closed")).resolve("secret"), "a secret");
            Files.setPosixFilePermissions(directory.resolve("closed"), PosixFilePermissions.fromString("rwx------"));
            Files.setPosixFilePermissions(
                    Files.writeString(directory.resolve("open"), "open"), PosixFilePermissions.fromString("rw-r--r--"));
            var script = "cd %s; sudo sh -c 'ls; cat secret closed/secret; mkdir closed; ls closed' 2>/dev/null";
            assertThat(home.sh(create(), script.formatted(directory))).isEqualTo("open");
        } finally {
            TreeDeleter.delete(directory);
        }
    }

    @Test
    void python3_is_also_called_python() throws Exception {
        var sandbox = create();
        assumeTrue(home.sh(sandbox, "command -v python3 || true").startsWith("/usr"), "needs Python on this host");
        assertThat(home.sh(sandbox, """
                python -c 'print(1)'; sudo python -c 'print(2)'; printf '#!/usr/bin/env python\\nprint(3)' >p; chmod +x p; ./p
                command -v python >/dev/null && echo found""")).isEqualTo("1\n2\n3\nfound");
    }

    @Test
    void snapshots_keep_changes_to_usr_and_store_uids_from_0_on() throws Exception {
        var sandbox = create();
        home.sh(sandbox, "echo note >note; sudo sh -c 'echo 1 >/usr/local/lib/one; rm /usr/bin/tac'");
        var kept = home.images().snapshot(sandbox.ref(), "changed");
        assertThat(owner(kept.name(), "/home/user/note")).isEqualTo(1000);
        assertThat(owner(kept.name(), "/usr/.layers/usr/upper/local/lib/one")).isZero();
        for (int fork = 0; fork < 2; fork++) {
            var copy = home.create(kept.template(), LocalHome.SMALL);
            assertThat(home.sh(
                            copy,
                            "cat note /usr/local/lib/one; stat -c %U note /usr/local/lib/one; ls /usr/bin/tac"
                                    + " 2>/dev/null; sudo rm -f /usr/local/lib/one && echo removed"))
                    .isEqualTo("note\n1\nuser\nroot\nremoved");
        }
    }

    /** In snapshots of older versions, all files belong to the uid range that all sandboxes shared. */
    @Test
    void a_snapshot_of_an_older_version_can_be_used() throws Exception {
        var sandbox = create();
        home.sh(sandbox, "echo note >note");
        var kept = home.images().snapshot(sandbox.ref(), "old");
        makeOld(home.images().snapshotStore().file(kept.name()));
        var copy = home.create(kept.template(), LocalHome.SMALL);
        assertThat(
                        home.sh(
                                copy,
                                "cat note; stat -c %U / note /etc/passwd /usr/bin/env; echo x >new; stat -c %U new"
                                        + "; sudo touch /usr/local/bin/x /etc/x && stat -c %U /usr/local/bin/x /etc/x; sudo id -un"))
                .isEqualTo("note\nroot\nuser\nroot\nroot\nuser\nroot\nroot\nroot");
        assertThat(home.sh(copy, "cat /proc/self/uid_map")).doesNotContain(Long.toString(SHARED_BASE));
    }

    private void makeOld(Path image) throws IOException {
        var place = Files.createTempDirectory("old");
        var script = """
                mount -o loop "$1" "$2"; rm -rf "$2/usr/.layers"
                find "$2" -uid -65536 | while read -r f; do stat -c '%u %n' "$f"; done >"$2.list"
                while read -r u f; do chown -h $((u + 1879048192)):$((u + 1879048192)) "$f"; done <"$2.list"
                umount "$2"; rm "$2.list"; rmdir "$2\"""";
        HostPrograms.run(
                List.of("/bin/sh", "-ec", script, "sh", image.toString(), place.toString()),
                Map.of(),
                Duration.ofMinutes(1),
                0);
    }

    private long owner(String snapshot, String path) throws IOException {
        var debugfs = HostPrograms.find("debugfs").orElseThrow().toString();
        var file = home.images().snapshotStore().file(snapshot).toString();
        var said = HostPrograms.run(List.of(debugfs, "-R", "stat " + path, file), Map.of(), Duration.ofMinutes(1), 0);
        return Long.parseLong(said.replaceFirst("(?s).*User:\\s*(\\d+).*", "$1"));
    }
}
