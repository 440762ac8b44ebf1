/** NTU RGB+D 60 and 120 as their authors publish them: a folder of {@code .skeleton} texts. */
package dev.armature.dataset.ntu;
