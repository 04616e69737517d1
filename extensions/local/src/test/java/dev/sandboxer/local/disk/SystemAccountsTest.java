package dev.sandboxer.local.disk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SystemAccountsTest {
    @TempDir
    Path etc;

    @Test
    void the_host_s_system_users_are_copied_without_people_and_passwords() throws IOException {
        Files.writeString(etc.resolve("passwd"), """
                root:$1$secret:0:0:The Boss:/root:/bin/zsh
                daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
                _apt:x:100:65534::/nonexistent:/usr/sbin/nologin
                postgres:$1$secret:113:121:db:/var/lib/postgresql:/bin/bash
                alice:x:1000:1000:Alice:/home/alice:/bin/bash
                user:x:70:70:another:/:/bin/false
                nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
                broken
                negative:x:-5:5:x:/:/bin/false
                """);
        assertThat(new SystemAccounts(etc).users())
                .contains("root:x:0:0:root:/root:/bin/bash\n", "user:x:1000:1000:user:/home/user:/bin/bash\n")
                .contains("_apt:x:100:65534:", "postgres:x:113:121:", "www-data:x:33:33:")
                .containsOnlyOnce("nobody:x:")
                .containsOnlyOnce("user:x:")
                .doesNotContain("secret", "alice", "Alice", "Boss", "another", "broken", "negative");
    }

    @Test
    void groups_lose_their_members_and_user_is_added_to_sudo() throws IOException {
        Files.writeString(etc.resolve("group"), """
                root:x:0:alice
                adm:x:4:alice,bob
                sudo:x:28:alice
                docker:x:999:bob
                alice:x:1000:
                """);
        assertThat(new SystemAccounts(etc).groups())
                .contains("root:x:0:\n", "adm:x:4:\n", "sudo:x:28:user\n", "docker:x:999:\n", "user:x:1000:\n")
                .containsOnlyOnce("sudo:")
                .doesNotContain("alice", "bob");
    }

    @Test
    void a_host_without_accounts_gets_the_default_ones() throws IOException {
        assertThat(new SystemAccounts(etc).users()).contains("www-data:x:33:33:", "nobody:x:65534:");
        assertThat(new SystemAccounts(etc).groups()).contains("sudo:x:27:user\n", "nogroup:x:65534:\n");
    }

    @Test
    void a_password_in_a_server_s_url_is_detected() throws IOException {
        var list =
                Files.writeString(etc.resolve("private.list"), "deb https://me:secret@packages.example stable main\n");
        assertThat(HostCopy.hasPassword(list)).isTrue();
        assertThat(HostCopy.hasPassword(Files.writeString(list, "deb https://packages.example stable main\n")))
                .isFalse();
    }
}
