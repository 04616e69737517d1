/** An example of a third-party extension of sandboxer: sandboxes at a small HTTP service. */
@NullMarked
package com.example.httpbox;

import org.jspecify.annotations.NullMarked;
