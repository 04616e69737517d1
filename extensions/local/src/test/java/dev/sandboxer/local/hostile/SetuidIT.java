package dev.sandboxer.local.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.extension.session.ProcessSpec;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Set-uid programs give no additional rights. */
class SetuidIT {
    @RegisterExtension
    static final Lab LAB = new Lab();

    @Test
    void a_setuid_copy_made_by_the_sandbox_s_root_gives_no_rights() {
        var program = LAB.shared().attackProgram();
        for (String directory : new String[] {"/home/user", "/tmp", "/usr/local", "/dev/shm", "/opt"}) {
            LAB.shared().rootSh("cp %s %s/suid; chmod 6755 %s/suid".formatted(program, directory, directory));
        }
        assertThat(LAB.shared().sh("stat -c %A /home/user/suid").text()).isEqualTo("-rwsr-sr-x");
        for (String directory : new String[] {"/home/user", "/tmp", "/dev/shm", "/opt"}) {
            var attempts = Attempts.parse(LAB.shared().sh(directory + "/suid who"));
            assertThat(attempts.of("uid")).isEqualTo("1000");
            assertThat(attempts.of("euid")).isEqualTo("1000");
        }
    }

    @Test
    void the_host_s_setuid_programs_give_no_rights() {
        var programs = LAB.shared().sh("find /usr/bin /usr/sbin -perm -4000").text();
        assertThat(programs).contains("/su", "/mount");
        assertThat(LAB.shared().sh("su -c 'echo got it' </dev/null").output()).doesNotContain("got it");
        assertThat(LAB.shared()
                        .sh("su root -s /bin/sh -c 'echo got it' </dev/null")
                        .output())
                .doesNotContain("got it");
        assertThat(LAB.shared().sh("mount -t tmpfs none /tmp").status()).isNotZero();
        assertThat(LAB.shared().rootSh("mount -t tmpfs none /tmp").status()).isNotZero();
        assertThat(LAB.shared().rootSh("umount /proc").status()).isNotZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"user", "root", "1000", "0", "www-data"})
    void every_process_runs_without_new_privileges_and_with_few_capabilities(String user) {
        var spec =
                ProcessSpec.builder("/bin/cat", "/proc/self/status").user(user).build();
        var status = LAB.shared().run(spec).text();
        assertThat(status).contains("NoNewPrivs:\t1", "Seccomp:\t2");
        var root = user.equals("root") || user.equals("0");
        // CHOWN DAC_OVERRIDE FOWNER FSETID KILL SETGID SETUID SETPCAP NET_BIND_SERVICE SYS_CHROOT SETFCAP
        assertThat(status).contains("CapBnd:\t00000000800405fb").contains("CapAmb:\t0000000000000000");
        assertThat(status).contains("CapEff:\t" + (root ? "00000000800405fb" : "0000000000000000"));
    }

    @Test
    void the_sandbox_s_root_is_not_a_user_of_the_host() {
        for (String map : List.of("uid_map", "gid_map")) {
            var fields = LAB.shared().rootSh("cat /proc/self/" + map).text().split("\\s+");
            assertThat(fields).hasSize(3).startsWith("0").endsWith("65536");
            assertThat(Long.parseLong(fields[1])).isGreaterThanOrEqualTo(0x7000_0000L);
        }
        for (String process : LAB.leftovers().processes()) {
            for (String uid : Victim.onHost("sed", "-n", "s/^Uid:\\t//p", process + "/status")
                    .split("\t")) {
                assertThat(Long.parseLong(uid)).isGreaterThanOrEqualTo(0x7000_0000L);
            }
        }
    }

    @Test
    void sudo_serves_only_user_and_root() {
        var spec = ProcessSpec.builder("/usr/local/sbin/sudo", "id")
                .user("www-data")
                .build();
        assertThat(LAB.shared().run(spec).status()).isNotZero();
        assertThat(LAB.shared().sh("sudo id -u").text()).isEqualTo("0");
    }
}
