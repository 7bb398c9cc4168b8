"""The words of the hand-over note, in the nurse's language. What comes from the patient is put in as it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """One language. Each function makes one whole fact of the note."""

    reasons: Mapping[str, str]
    not_stated: str
    acuity: Mapping[str, str]
    not_rated: str
    languages: Mapping[str, str]
    recommend: Mapping[str, str]
    nothing_found: str
    waits: Callable[[str], str]
    acuity_is: Callable[[str], str]
    since: Callable[[str], str]
    position: Callable[[int], str]
    writes: Callable[[str, str], str]
    person: Callable[[str], str]
    replied: Callable[[str, str], str]
    answered: Callable[[str, Sequence[str], str], str]
    rule: Callable[[str], str]
    present: Callable[[str], str]
    denied: Callable[[str], str]
    unknown: Callable[[str], str]
    not_answered: Callable[[str], str]
    advised: Callable[[str], str]
    open_question: Callable[[str], str]


def _answered_en(question: str, titles: Sequence[str], outcome: str) -> str:
    said = f"from {', '.join(titles)}" if titles else {"refused": "refused to answer"}.get(outcome, "had no source")
    return f"Asked “{question}”: the assistant {'answered ' if titles else ''}{said}."


def _answered_zh(question: str, titles: Sequence[str], outcome: str) -> str:
    said = f"依据{'、'.join(titles)}回答" if titles else {"refused": "拒绝回答"}.get(outcome, "没有资料可答")
    return f"患者问“{question}”：助手{said}。"


WORDS: Mapping[str, Words] = {
    "en": Words(
        reasons={
            "screen": "the screen saw warning signs",
            "asked": "the patient asked for a human",
            "not_covered": "the reviewed sources do not cover the question",
            "assistant_unavailable": "the assistant could not answer",
            "complaint": "the patient has a complaint",
            "fallback": "the assistant did not understand the patient",
            "transfer": "a nurse passed it on",
            "nurse_lost": "the nurse who had it is gone",
        },
        not_stated="not stated",
        acuity={"emergency": "emergency", "urgent": "urgent", "routine": "routine", "self_care": "self-care"},
        not_rated="not rated",
        languages={"en": "English", "zh": "Chinese"},
        recommend={
            "emergency": "Look now. The patient was told to call the emergency number; check that they did.",
            "urgent": "Look soon: the patient should be seen today.",
            "routine": "Answer the open question, or hand back to the assistant.",
        },
        nothing_found="The screen recognised no finding.",
        waits=lambda reason: f"Waits for a nurse: {reason}.",
        acuity_is=lambda acuity: f"Acuity: {acuity}.",
        since=lambda time: f"Since {time}.",
        position=lambda n: f"Position in the queue: {n}.",
        writes=lambda language, channel: f"Writes in {language} by {channel}.",
        person=lambda finding: f"Person: {finding}.",
        replied=lambda question, reply: f"Asked by the assistant “{question}”, the patient wrote “{reply}”.",
        answered=_answered_en,
        rule=lambda title: f"Rule: {title}.",
        present=lambda finding: f"Present: {finding}.",
        denied=lambda finding: f"Denied: {finding}.",
        unknown=lambda finding: f"Unclear: {finding}.",
        not_answered=lambda question: f"Not known yet, the screen would ask: {question}",
        advised=lambda advice: f"The patient was told: {advice}",
        open_question=lambda text: f"Open question: “{text}”",
    ),
    "zh": Words(
        reasons={
            "screen": "筛查发现危险信号",
            "asked": "患者要求找护士",
            "not_covered": "审核过的资料未涵盖该问题",
            "assistant_unavailable": "自动助手无法回答",
            "complaint": "患者投诉",
            "fallback": "助手没有理解患者的话",
            "transfer": "由其他护士转来",
            "nurse_lost": "原护士已断开连接",
        },
        not_stated="未说明",
        acuity={"emergency": "危急", "urgent": "紧急", "routine": "常规", "self_care": "自我护理"},
        not_rated="未评级",
        languages={"en": "英文", "zh": "中文"},
        recommend={
            "emergency": "立即查看。患者已被告知拨打急救电话，请确认是否已拨打。",
            "urgent": "尽快查看：患者应在今天就诊。",
            "routine": "回答患者的问题，或交还助手。",
        },
        nothing_found="筛查没有识别到症状。",
        waits=lambda reason: f"等候护士：{reason}。",
        acuity_is=lambda acuity: f"紧急程度：{acuity}。",
        since=lambda time: f"自 {time} 起等候。",
        position=lambda n: f"排在第 {n} 位。",
        writes=lambda language, channel: f"使用{language}，渠道 {channel}。",
        person=lambda finding: f"个人情况：{finding}。",
        replied=lambda question, reply: f"助手问“{question}”，患者答“{reply}”。",
        answered=_answered_zh,
        rule=lambda title: f"规则：{title}。",
        present=lambda finding: f"有：{finding}。",
        denied=lambda finding: f"否认：{finding}。",
        unknown=lambda finding: f"不明：{finding}。",
        not_answered=lambda question: f"尚不清楚，筛查会问：{question}",
        advised=lambda advice: f"已告知患者：{advice}",
        open_question=lambda text: f"待答：“{text}”",
    ),
}
