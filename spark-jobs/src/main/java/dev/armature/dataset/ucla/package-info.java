/** Northwestern-UCLA in the JSON form in which the field passes it on. */
package dev.armature.dataset.ucla;
