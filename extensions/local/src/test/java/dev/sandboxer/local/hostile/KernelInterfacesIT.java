package dev.sandboxer.local.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.extension.session.PtySize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sandboxes share the host's kernel, so its interfaces that affect the host must be out of reach. */
class KernelInterfacesIT {
    @RegisterExtension
    static final Lab LAB = new Lab();

    private static final List<String> REFUSED = List.of("EPERM", "EACCES", "EROFS");
    /** For files that not every kernel has. */
    private static final List<String> REFUSED_OR_ABSENT = List.of("EPERM", "EACCES", "EROFS", "ENOENT");

    @ParameterizedTest
    @ValueSource(strings = {"user", "root"})
    void the_settings_of_the_host_cannot_be_written(String user) throws IOException {
        var pattern = Files.readString(Path.of("/proc/sys/kernel/core_pattern"));
        LAB.shared()
                .attack(user, "proc-sys")
                .failed(REFUSED, "core_pattern", "core_pattern-after-umount", "core_pattern-in-nested-userns")
                .failed(REFUSED, "hostname", "ip_forward", "ns_last_pid", "chmod")
                .failed(REFUSED_OR_ABSENT, "sysrq-trigger", "kcore", "kmsg", "irq")
                .failed("EPERM", "umount", "umount-sysrq", "unshare-user", "mount-proc", "fsopen-proc", "bind-proc")
                .failed("EPERM", "remount-rw", "remount-dev", "remount-usr")
                .failed("ENOENT", "core_pattern-on-fresh-proc")
                .allFailed(20);
        assertThat(Path.of("/proc/sys/kernel/core_pattern")).hasContent(pattern);
    }

    @Test
    void the_settings_of_the_host_cannot_be_written_after_sudo() {
        var result = Attempts.parse(LAB.shared().sh("sudo " + LAB.shared().attackProgram() + " proc-sys"));
        result.failed(REFUSED, "core_pattern", "core_pattern-after-umount", "core_pattern-in-nested-userns");
        assertThat(LAB.shared().sh("sudo id -u").text()).isEqualTo("0");
    }

    @Test
    void the_settings_of_the_host_cannot_be_written_by_a_file_call() {
        LAB.shared().sh("ln -sfn /proc/sys/kernel/core_pattern pattern");
        for (String path : List.of("/proc/sys/kernel/core_pattern", "pattern", "/proc/sys/kernel/hostname")) {
            HostileFilesIT.refused(() -> LAB.shared().write(path, "core\n"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"user", "root"})
    void no_namespace_can_be_made_or_entered(String user) {
        var attempts = LAB.shared().attack(user, "namespaces");
        for (String kind : List.of("user", "mount", "pid", "net", "ipc", "uts", "cgroup", "time")) {
            attempts.failed("EPERM", "unshare-" + kind).failed("ENOSYS", "clone3-" + kind);
            if (!kind.equals("time")) {
                attempts.failed("EPERM", "clone-" + kind);
            }
        }
        attempts.failed("EPERM", "setns");
    }

    @ParameterizedTest
    @ValueSource(strings = {"user", "root"})
    void system_calls_that_affect_the_host_are_refused(String user) {
        var attempts = LAB.shared().attack(user, "calls");
        attempts.failed(List.of("EPERM"), "io_uring_setup", "io_uring_enter", "io_uring_register", "bpf", "keyctl")
                .failed("EPERM", "add_key", "request_key", "perf_event_open", "userfaultfd", "open_by_handle_at")
                .failed("EPERM", "mount", "move_mount", "open_tree", "pivot_root", "init_module", "kexec_load")
                .failed("ENOSYS", "unknown-call")
                .allFailed(24);
    }

    @ParameterizedTest
    @ValueSource(strings = {"user", "root"})
    void socket_families_that_lead_out_of_the_sandbox_are_refused(String user) {
        LAB.shared()
                .attack(user, "families")
                .failed("EAFNOSUPPORT", "vsock", "packet", "alg", "bluetooth", "xdp", "key", "tipc", "can", "rds")
                .failed("EAFNOSUPPORT", "socketpair-vsock")
                .failed("EPERM", "raw-ip");
    }

    @Test
    void calls_of_another_architecture_do_not_bypass_the_filter() {
        LAB.shared().attack("user", "foreign-calls").failed("ENOSYS", "i386-call", "x32-call");
    }

    @ParameterizedTest
    @ValueSource(strings = {"user", "root"})
    void nobody_can_type_into_another_process_s_terminal(String user) {
        var spec = ProcessSpec.builder(LAB.shared().attackProgram(), "terminal")
                .user(user)
                .pty(new PtySize(80, 24))
                .build();
        var attempts = Attempts.parse(LAB.shared().run(spec));
        assertThat(attempts.of("isatty")).isEqualTo("OK");
        attempts.failed("EPERM", "tiocsti", "tiocsti-high-bits", "tioclinux");
    }

    @ParameterizedTest
    @ValueSource(strings = {"user", "root"})
    void devices_can_be_neither_created_nor_opened(String user) {
        LAB.shared()
                .attack(user, "devices")
                .failed("EPERM", "mknod-/home/user/x-loop0", "mknod-/home/user/x-null", "mknod-/home/user/x-kmsg")
                .failed(List.of("EROFS", "EPERM", "EACCES"), "mknod-/dev/x-mem", "dev-is-closed")
                .failed("ENOENT", "dev-kmsg", "dev-mem", "dev-fuse", "dev-kvm", "dev-loop-control", "dev-net-tun")
                .allFailed(60);
    }

    @Test
    void dev_has_only_the_standard_devices() {
        assertThat(LAB.shared().sh("ls /dev").text().split("\n"))
                .containsExactlyInAnyOrder(
                        "core", "fd", "full", "null", "ptmx", "pts", "random", "shm", "stderr", "stdin", "stdout",
                        "tty", "urandom", "zero");
    }
}
